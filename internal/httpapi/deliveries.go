package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"realname/internal/review"
)

// The deliveries of one page, and of one replay.
const (
	deliveriesPage = 100
	maxDeliveries  = 1000
	maxReplayed    = 10_000
)

type deliveryView struct {
	ID           string               `json:"id"` // webhook-id of the message
	EndpointID   string               `json:"endpoint_id"`
	EndpointName string               `json:"endpoint_name,omitempty"`
	Kind         review.EndpointKind  `json:"kind"`
	Event        string               `json:"event"`
	SubmissionID string               `json:"submission_id,omitempty"`
	AttemptID    string               `json:"attempt_id,omitempty"`
	BatchID      string               `json:"batch_id,omitempty"`
	State        review.DeliveryState `json:"state"`
	Tries        int                  `json:"tries"`
	CreatedAt    time.Time            `json:"created_at"`
	NextAt       time.Time            `json:"next_at,omitzero"` // while it is due
	FinishedAt   time.Time            `json:"finished_at,omitzero"`
	BouncedAt    time.Time            `json:"bounced_at,omitzero"`
	Bounce       string               `json:"bounce,omitempty"`
	Log          []tryView            `json:"log,omitempty"`
}

type tryView struct {
	Number       int       `json:"number"`
	At           time.Time `json:"at"`
	Milliseconds int64     `json:"ms"`
	Status       int       `json:"status,omitempty"`
	Answer       string    `json:"answer,omitempty"` // the first kilobyte
	Error        string    `json:"error,omitempty"`
}

func viewDelivery(d review.Delivery) deliveryView {
	v := deliveryView{
		ID: d.ID, EndpointID: d.Endpoint.ID, EndpointName: d.Endpoint.Name, Kind: d.Endpoint.Kind, Event: d.Event, SubmissionID: d.SubmissionID,
		AttemptID: d.AttemptID, BatchID: d.BatchID, State: d.State, Tries: d.Tries, CreatedAt: d.CreatedAt, FinishedAt: d.FinishedAt,
		BouncedAt: d.BouncedAt, Bounce: d.Bounce,
	}
	if d.State == review.DeliveryDue {
		v.NextAt = d.NextAt
	}
	return v
}

// deliveryFilter reads which deliveries are meant.
func deliveryFilter(q url.Values) (f review.DeliveryFilter, err error) {
	f = review.DeliveryFilter{EndpointID: q.Get("endpoint_id"), State: review.DeliveryState(q.Get("state")), Event: q.Get("event"),
		SubmissionID: q.Get("submission_id"), Limit: deliveriesPage}
	states := []review.DeliveryState{"", review.DeliveryDue, review.DeliveryHeld, review.DeliveryDigested, review.DeliveryDelivered, review.DeliveryExhausted}
	if !slices.Contains(states, f.State) {
		return f, fieldInvalid.with("state: due, held, digested, delivered, exhausted")
	}
	for name, at := range map[string]*time.Time{"since": &f.Since, "until": &f.Until} {
		if text := q.Get(name); text != "" {
			if *at, err = time.Parse(time.RFC3339, text); err != nil {
				return f, fieldInvalid.with("%s: 2026-03-12T08:00:00+08:00", name)
			}
		}
	}
	if text := q.Get("after"); text != "" {
		if f.After, err = strconv.ParseInt(text, 10, 64); err != nil || f.After < 1 {
			return f, cursorUnknown.plain()
		}
	}
	if text := q.Get("limit"); text != "" {
		if f.Limit, err = strconv.Atoi(text); err != nil || f.Limit < 1 || f.Limit > maxDeliveries {
			return f, fieldInvalid.with("limit: 1–%d", maxDeliveries)
		}
	}
	return f, nil
}

// getDeliveries lists what was or is to be told, newest first.
func (s *Server) getDeliveries(w http.ResponseWriter, r *http.Request, tenant string) error {
	f, err := deliveryFilter(r.URL.Query())
	if err != nil {
		return err
	}
	list, err := s.Endpoints.Deliveries(r.Context(), tenant, f)
	if err != nil {
		return err
	}
	views, next := []deliveryView{}, ""
	for _, d := range list {
		views = append(views, viewDelivery(d))
	}
	if n := len(list); n == f.Limit {
		next = strconv.FormatInt(list[n-1].Seq, 10)
	}
	return writeJSON(w, http.StatusOK, map[string]any{"deliveries": views, "next": next})
}

// getDelivery shows one with its log.
func (s *Server) getDelivery(w http.ResponseWriter, r *http.Request, tenant string) error {
	d, tries, err := s.Endpoints.Delivery(r.Context(), tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := viewDelivery(d)
	for _, t := range tries {
		v.Log = append(v.Log, tryView{t.Number, t.At, t.Took.Milliseconds(), t.Status, t.Answer, t.Error})
	}
	return writeJSON(w, http.StatusOK, v)
}

// replayDelivery sends a message again, with the same id.
func (s *Server) replayDelivery(w http.ResponseWriter, r *http.Request, tenant string) error {
	if err := s.Endpoints.ReplayDelivery(r.Context(), tenant, actor(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// replayDeliveries sends all messages again that match the query and have ended.
func (s *Server) replayDeliveries(w http.ResponseWriter, r *http.Request, tenant string) error {
	f, err := deliveryFilter(r.URL.Query())
	if err != nil {
		return err
	}
	f.Limit = maxReplayed
	n, err := s.Endpoints.ReplayDeliveries(r.Context(), tenant, actor(r.Context()), f)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusAccepted, map[string]int{"replayed": n})
}
