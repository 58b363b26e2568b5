package console

import (
	"net/http"
	"slices"

	"realname/internal/review"
)

// How much of each list a page shows.
const (
	parkedShown     = 200
	deliveriesShown = 100
)

func (c *Console) getParked(w http.ResponseWriter, r *request) error {
	list, err := c.Work.ParkedWork(r.Context(), r.Tenant, parkedShown)
	if err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "parked", "parked", list)
}

func (c *Console) postRedrive(w http.ResponseWriter, r *request) error {
	if err := c.Work.Redrive(r.Context(), r.Session, r.PathValue("id")); err != nil {
		return err
	}
	return c.done(w, r, "/console/parked", "done_redriven")
}

type deliveriesBody struct {
	Endpoints  []review.Endpoint
	Deliveries []review.Delivery
	State      review.DeliveryState
	States     []review.DeliveryState
}

var deliveryStates = []review.DeliveryState{review.DeliveryDue, review.DeliveryHeld, review.DeliveryDigested, review.DeliveryDelivered, review.DeliveryExhausted}

func (c *Console) getDeliveries(w http.ResponseWriter, r *request) (err error) {
	b := deliveriesBody{States: deliveryStates}
	if s := review.DeliveryState(r.URL.Query().Get("state")); slices.Contains(deliveryStates, s) {
		b.State = s
	}
	if b.Endpoints, err = c.Work.Endpoints(r.Context(), r.Tenant); err != nil {
		return err
	}
	if b.Deliveries, err = c.Work.RecentDeliveries(r.Context(), r.Tenant, b.State, deliveriesShown); err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "deliveries", "deliveries", b)
}

func (c *Console) postReplay(w http.ResponseWriter, r *request) error {
	if err := c.Work.ReplayDelivery(r.Context(), r.Tenant, r.Actor(), r.PathValue("id")); err != nil {
		return err
	}
	to := "/console/deliveries"
	if next := r.PostFormValue("next"); next != "" {
		to = back(next)
	}
	return c.done(w, r, to, "done_replayed")
}

func (c *Console) getReasons(w http.ResponseWriter, r *request) error {
	return c.show(w, r, http.StatusOK, "reasons", "reasons", struct {
		Version  string
		Reasons  any
		Profiles any
	}{c.Rules.Version, c.Rules.Listing(), c.Rules.Profiles})
}
