package console

import (
	"net/http"

	"realname/internal/desk"
	"realname/internal/review"
	"realname/internal/rules"
)

// How much of each list a page shows.
const (
	batchesShown = 50
	causesShown  = 30
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
	rowsPart
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
	b, shares, err := c.Work.BatchShares(r.Context(), r.Tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	causes, err := c.Work.Causes(r.Context(), r.Tenant, b.ID, causesShown)
	if err != nil {
		return err
	}
	body := batchBody{Batch: b, State: batchState(b), Open: batchOpen(b)}
	if body.rowsPart, err = c.rowsOf(r, b.ID, shares); err != nil {
		return err
	}
	counts := map[string]int{}
	for code, n := range b.Counts.Reasons {
		counts[c.reasonTitle(code, r.prefs.Lang)] += n
	}
	body.Reasons = pareto(counts)
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
	return c.follow(w, r, livePause, func() (map[string]int, bool, error) {
		b, err := c.Work.Batch(r.Context(), r.Tenant, r.PathValue("id"))
		n := b.Counts
		return map[string]int{"rows": n.Rows, "faulty": n.Faulty, "open": n.Open, "waiting": n.Waiting, "approved": n.Approved,
			"rejected": n.Rejected, "manual": n.Manual, "withdrawn": n.Withdrawn, "moved": n.Rows - n.Open}, !batchOpen(b), err
	})
}
