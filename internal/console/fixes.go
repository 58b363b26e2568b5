package console

import (
	"net/http"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/amend"
	"realname/internal/desk"
	"realname/internal/review"
)

// fixRowsShown is how many rows of a correction a page lists.
const fixRowsShown = 200

// amends corrects batches.
func (c *Console) amends() amend.Amend {
	return amend.Amend{Batches: c.Work, Submissions: c.Cases, Now: c.Now, Grace: desk.UndoGrace,
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() }} // fails only without a source of randomness
}

// fixPlan is a correction before it is applied.
type fixPlan struct {
	amend.Plan
	Title   string
	Total   int // rows that would be changed
	Skips   []codeCount
	More    int // rows that are not listed
	Consent bool
	Fault   string
}

// codeCount is how many rows there are of a kind.
type codeCount struct {
	Code string
	N    int
}

// readFix reads which correction is asked for, and what it would change.
func (c *Console) readFix(r *request) (fixPlan, error) {
	ask := amend.Ask{Tenant: r.Tenant, BatchID: r.PathValue("id"), Detail: review.Detail(r.PostFormValue("detail")), Reseller: r.PostFormValue("reseller")}
	d, ok := c.Rules.Detail(ask.Detail)
	if !ok {
		return fixPlan{}, review.ErrNotFound
	}
	plan, err := c.amends().Propose(r.Context(), ask)
	return fixPlan{Plan: plan, Total: len(plan.Changes), Title: d.Title.In(r.prefs.Lang), Skips: skips(plan), Consent: r.PostFormValue("consent") != ""}, err
}

// skips counts the rows that are left alone, by why.
func skips(p amend.Plan) (list []codeCount) {
	counts := map[string]int{}
	for _, s := range p.Skipped {
		counts[s.Code]++
	}
	for _, code := range amend.Codes {
		if counts[code] > 0 {
			list = append(list, codeCount{code, counts[code]})
		}
	}
	return list
}

// postFixPlan shows what a correction would change, and changes nothing.
func (c *Console) postFixPlan(w http.ResponseWriter, r *request) error {
	p, err := c.readFix(r)
	if err != nil {
		return err
	}
	return c.showFixPlan(w, r, http.StatusOK, p)
}

func (c *Console) showFixPlan(w http.ResponseWriter, r *request, status int, p fixPlan) error {
	p.More = max(0, p.Total-fixRowsShown)
	p.Changes = p.Changes[:p.Total-p.More]
	return c.show(w, r, status, "fixplan", "fix", p)
}

// postFix applies a correction. Applying it twice corrects each row once: what was
// corrected is superseded.
func (c *Console) postFix(w http.ResponseWriter, r *request) error {
	p, err := c.readFix(r)
	if err != nil {
		return err
	}
	switch {
	case p.Total == 0:
		return c.showFixPlan(w, r, http.StatusUnprocessableEntity, p)
	case !p.Safe && !p.Consent:
		p.Fault = "fix_consent_missing"
		return c.showFixPlan(w, r, http.StatusUnprocessableEntity, p)
	}
	f, _, _, err := c.amends().Apply(r.Context(), r.Actor(), p.Plan, p.Consent)
	if err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/console/fixes/"+f.ID, http.StatusSeeOther)
	return nil
}

// fixBody is what the page of a correction shows.
type fixBody struct {
	review.Fix
	Title  string
	Total  int
	States []codeCount
	More   int
	Undo   bool      // something of it can still be taken back
	Until  time.Time // when the reviews begin
}

func (c *Console) getFix(w http.ResponseWriter, r *request) error {
	f, err := c.Work.Fix(r.Context(), r.Tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	b := fixBody{Fix: f, Title: c.detailTitle(f.Detail, r.prefs.Lang), Total: len(f.Items), Until: f.CreatedAt.Add(desk.UndoGrace)}
	counts := map[review.State]int{}
	for _, i := range f.Items {
		counts[i.State]++
	}
	for _, s := range []review.State{review.Queued, review.Running, review.Waiting, review.Parked, review.Decided, review.Withdrawn} {
		if counts[s] > 0 {
			b.States = append(b.States, codeCount{string(s), counts[s]})
		}
	}
	b.Undo = counts[review.Queued] > 0 && f.UndoneAt.IsZero()
	b.More = max(0, b.Total-fixRowsShown)
	b.Items = f.Items[:b.Total-b.More]
	return c.show(w, r, http.StatusOK, "fix", "fix", b)
}

// postFixUndo withdraws what a correction resubmitted and nobody reviews yet.
func (c *Console) postFixUndo(w http.ResponseWriter, r *request) error {
	id := r.PathValue("id")
	if _, err := c.Work.UndoFix(r.Context(), r.Tenant, r.Actor(), id); err != nil {
		return err
	}
	return c.done(w, r, "/console/fixes/"+id, "done_undone")
}
