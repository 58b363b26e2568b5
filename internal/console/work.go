package console

import (
	"cmp"
	"net/http"
	"slices"

	"realname/internal/desk"
	"realname/internal/review"
	"realname/internal/rules"
)

// How much of each list a page shows.
const (
	batchesShown    = 50
	causesShown     = 30
	parkedShown     = 200
	deliveriesShown = 100
)

type batchesBody struct {
	Batches []review.Batch
	Next    string
}

func (c *Console) getBatches(w http.ResponseWriter, r *request) error {
	list, err := c.Work.Batches(r.Context(), r.Tenant, review.BatchFilter{After: r.URL.Query().Get("after"), Limit: batchesShown})
	if err != nil {
		return err
	}
	b := batchesBody{Batches: list}
	if len(list) == batchesShown {
		b.Next = list[len(list)-1].ID
	}
	return c.show(w, r, http.StatusOK, "batches", "batches", b)
}

type batchBody struct {
	review.Batch
	State   string
	Reasons []bar
	Causes  []causeView
	Fixes   []fixView
	Open    bool
}

type causeView struct {
	desk.Cause
	Title string
}

// Fixable: it may prove the right value, so that a correction can be looked at.
func (c causeView) Fixable() bool {
	return c.Field == review.FieldName || c.Field == review.FieldNumber
}

// fixView is a correction that was applied.
type fixView struct {
	review.Fix
	Title string
}

// detailTitle is what a fault is called.
func (c *Console) detailTitle(d review.Detail, l rules.Lang) string {
	if known, ok := c.Rules.Detail(d); ok {
		return known.Title.In(l)
	}
	return string(d)
}

// bar is one bar of a chart.
type bar struct {
	Label string
	Link  string
	N     int
	Share int // of the longest, in percent
}

// bars sorts counts into a chart, the longest first.
func bars(counts map[string]int) []bar {
	var list []bar
	for label, n := range counts {
		list = append(list, bar{Label: label, N: n})
	}
	slices.SortFunc(list, func(a, b bar) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Label, b.Label)) })
	return scaled(list)
}

// scaled measures each bar against the longest.
func scaled(list []bar) []bar {
	longest := 1
	for _, b := range list {
		longest = max(longest, b.N)
	}
	for i := range list {
		list[i].Share = list[i].N * 100 / longest
	}
	return list
}

// batchState is what a batch is doing, in our words.
func batchState(b review.Batch) string {
	if b.State != review.BatchRead {
		return string(b.State)
	}
	if b.FinishedAt.IsZero() {
		return "reviewing"
	}
	return "finished"
}

func batchOpen(b review.Batch) bool {
	s := batchState(b)
	return s == "received" || s == "reading" || s == "reviewing"
}

func (c *Console) getBatch(w http.ResponseWriter, r *request) error {
	b, err := c.Work.Batch(r.Context(), r.Tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	causes, err := c.Work.Causes(r.Context(), r.Tenant, b.ID, causesShown)
	if err != nil {
		return err
	}
	body := batchBody{Batch: b, State: batchState(b), Open: batchOpen(b)}
	counts := map[string]int{}
	for code, n := range b.Counts.Reasons {
		counts[c.Rules.RenderReason(code, r.prefs.Lang).Title] += n
	}
	body.Reasons = bars(counts)
	for _, x := range causes {
		body.Causes = append(body.Causes, causeView{x, c.detailTitle(x.Detail, r.prefs.Lang)})
	}
	fixes, err := c.Work.FixesOf(r.Context(), r.Tenant, b.ID)
	if err != nil {
		return err
	}
	for _, f := range fixes {
		body.Fixes = append(body.Fixes, fixView{f, c.detailTitle(f.Detail, r.prefs.Lang)})
	}
	return c.show(w, r, http.StatusOK, "batch", "batch", body)
}

// getBatchLive follows a batch.
func (c *Console) getBatchLive(w http.ResponseWriter, r *request) error {
	return c.follow(w, r, func() (map[string]int, bool, error) {
		b, err := c.Work.Batch(r.Context(), r.Tenant, r.PathValue("id"))
		n := b.Counts
		return map[string]int{"rows": n.Rows, "faulty": n.Faulty, "open": n.Open, "waiting": n.Waiting, "approved": n.Approved,
			"rejected": n.Rejected, "manual": n.Manual, "withdrawn": n.Withdrawn, "moved": n.Rows - n.Open}, !batchOpen(b), err
	})
}

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
	return c.done(w, r, "/console/deliveries", "done_replayed")
}

func (c *Console) getReasons(w http.ResponseWriter, r *request) error {
	return c.show(w, r, http.StatusOK, "reasons", "reasons", struct {
		Version  string
		Reasons  any
		Profiles any
	}{c.Rules.Version, c.Rules.Listing(), c.Rules.Profiles})
}
