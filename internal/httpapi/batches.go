package httpapi

import (
	"encoding/json"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"realname/internal/review"
)

// batchView is a batch as a client sees it.
type batchView struct {
	ID         string             `json:"id"`
	State      string             `json:"state"`
	Profile    string             `json:"profile"`
	SHA256     string             `json:"sha256"`
	Size       int64              `json:"size"`
	CreatedAt  time.Time          `json:"created_at"`
	ReadAt     time.Time          `json:"read_at,omitzero"`
	Counts     review.BatchCounts `json:"counts"`
	FinishedAt time.Time          `json:"finished_at,omitzero"` // nothing of it is queued or in review any more
	ETA        time.Time          `json:"eta,omitzero"`         // by the pace so far; left out while too little is decided
	Faults     []review.RowFault  `json:"faults"`
	Status     string             `json:"status_url"`
}

// postBatch takes an archive. 202 means that it is stored whole; its rows are
// read afterwards. The same archive sent again answers with the batch of then.
func (s *Server) postBatch(w http.ResponseWriter, r *http.Request, tenant string) error {
	profiles, err := s.profiles(r, r.URL.Query().Get("profile"))
	if err != nil {
		return err
	}
	b := review.Batch{ID: newID(), Tenant: tenant, Profile: profiles[0], State: review.BatchReceived, CreatedAt: s.Now()}
	if parts := r.URL.Query().Get("archive"); parts != "" {
		err = s.fromParts(r, &b, parts)
	} else {
		err = s.keepArchive(w, r, &b)
	}
	if err != nil {
		return err
	}
	got, before, err := s.Batches.CreateBatch(r.Context(), b)
	if err != nil {
		return err
	}
	if before && got.ID != b.ID && b.BlobKey != "" {
		s.drop(r, b.BlobKey)
	}
	s.Wake()
	w.Header().Set("Location", viewBatch(got, s.Now()).Status)
	return writeJSON(w, http.StatusAccepted, viewBatch(got, s.Now()))
}

// keepArchive streams the archive to storage.
func (s *Server) keepArchive(w http.ResponseWriter, r *http.Request, b *review.Batch) (err error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/zip" {
		return notZIP.plain()
	}
	b.BlobKey = path.Join(b.Tenant, "batches", b.ID)
	b.Size, b.SHA256, err = s.keepStream(w, r, b.BlobKey, s.Limits.BatchBytes)
	return err
}

func (s *Server) getBatch(w http.ResponseWriter, r *http.Request, tenant string) error {
	b, err := s.Batches.Batch(r.Context(), tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, viewBatch(b, s.Now()))
}

// batchesListed bounds the list of batches.
const batchesListed = 200

// getBatches lists the newest batches first; the last id goes on as after.
func (s *Server) getBatches(w http.ResponseWriter, r *http.Request, tenant string) error {
	q := r.URL.Query()
	f := review.BatchFilter{After: q.Get("after"), State: q.Get("state"), Limit: batchesListed}
	if f.State != "" && !slices.Contains(review.BatchFilterStates, f.State) {
		return stateUnknown.with("%s", strings.Join(review.BatchFilterStates, ", "))
	}
	list, err := s.Batches.Batches(r.Context(), tenant, f)
	if err != nil {
		return err
	}
	views := make([]batchView, len(list))
	for i, b := range list {
		views[i] = viewBatch(b, s.Now())
	}
	return writeJSON(w, http.StatusOK, map[string]any{"batches": views})
}

func viewBatch(b review.Batch, now time.Time) batchView {
	v := batchView{ID: b.ID, State: string(b.State), Profile: b.Profile, SHA256: b.SHA256, Size: b.Size, CreatedAt: b.CreatedAt, ReadAt: b.ReadAt, FinishedAt: b.FinishedAt,
		Counts: b.Counts, Faults: b.Faults, Status: "/v1/batches/" + b.ID}
	if v.Faults == nil {
		v.Faults = []review.RowFault{}
	}
	if b.State != review.BatchRead {
		return v
	}
	switch decided := b.Counts.Approved + b.Counts.Rejected + b.Counts.Manual; {
	case b.Counts.Open > 0:
		v.State = "reviewing"
		v.ETA = eta(b.CreatedAt, now, decided, b.Counts.Open)
	case b.Counts.Faulty+b.Counts.Rejected+b.Counts.Manual+b.Counts.Waiting > 0:
		v.State = "partial"
	default:
		v.State = "done"
	}
	return v
}

// enough is how many rows must be decided before their pace says something.
const enough = 20

// eta extrapolates the pace since the start; zero while it says nothing.
func eta(start, now time.Time, decided, open int) time.Time {
	if decided < enough {
		return time.Time{}
	}
	return now.Add(now.Sub(start) / time.Duration(decided) * time.Duration(open)).Truncate(time.Second)
}

// itemView is a row and what became of it.
type itemView struct {
	Row          int               `json:"row"`
	ExternalID   string            `json:"external_id,omitempty"`
	SubjectRef   string            `json:"subject_ref,omitempty"`
	Reseller     string            `json:"reseller,omitempty"`
	SubmissionID string            `json:"submission_id,omitempty"`
	AttemptID    string            `json:"attempt_id,omitempty"`
	State        string            `json:"state"`
	Deadline     time.Time         `json:"deadline,omitzero"`
	Faults       []review.RowFault `json:"faults,omitempty"`
	Outcome      *outcomeView      `json:"outcome,omitempty"`
}

// itemsPage is how many rows one read of the store brings.
const itemsPage = 500

// eachItem goes through all rows of a batch in order, a page at a time.
func (s *Server) eachItem(r *http.Request, tenant string, yield func(review.BatchItem) error) error {
	id := r.PathValue("id")
	if _, err := s.Batches.Batch(r.Context(), tenant, id); err != nil {
		return err
	}
	after, _ := strconv.Atoi(r.URL.Query().Get("after")) // from the start when it is no number
	for {
		items, err := s.Batches.BatchItems(r.Context(), tenant, id, after, itemsPage)
		if err != nil {
			return err
		}
		for _, i := range items {
			if err := yield(i); err != nil {
				return err
			}
			after = i.Row
		}
		if len(items) < itemsPage {
			return nil
		}
	}
}

// itemStates are what a list of rows can be narrowed to.
var itemStates = []string{"faulty", "queued", "running", "waiting", "parked", "withdrawn", "approved", "rejected", "deferred", "manual_review"}

// getBatchItems lists the rows as JSON lines, all or those in one state.
func (s *Server) getBatchItems(w http.ResponseWriter, r *http.Request, tenant string) error {
	only := r.URL.Query().Get("state")
	if only != "" && !slices.Contains(itemStates, only) {
		return stateUnknown.with("%s", strings.Join(itemStates, ", "))
	}
	l := language(r)
	out := lazily(w, "application/x-ndjson", "")
	e := json.NewEncoder(out)
	err := s.eachItem(r, tenant, func(i review.BatchItem) error {
		if only != "" && itemState(i) != only {
			return nil
		}
		v := itemView{Row: i.Row, ExternalID: i.ExternalID, SubjectRef: i.SubjectRef, Reseller: i.Reseller, SubmissionID: i.SubmissionID,
			AttemptID: i.AttemptID, State: itemState(i), Deadline: i.Deadline, Faults: i.Faults}
		if i.Outcome != nil {
			o := s.viewOutcome(*i.Outcome, l)
			v.Outcome = &o
		}
		return e.Encode(v)
	})
	return out.end(err)
}

func itemState(i review.BatchItem) string {
	switch {
	case len(i.Faults) > 0:
		return "faulty"
	case i.Outcome != nil:
		return string(i.Outcome.Kind)
	}
	return string(i.State)
}
