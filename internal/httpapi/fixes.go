package httpapi

import (
	"cmp"
	"mime"
	"net/http"
	"strconv"
	"time"

	"realname/internal/amend"
	"realname/internal/review"
)

// fixJSON asks for one proposed correction over a batch.
type fixJSON struct {
	Detail   review.Detail `json:"detail"`   // of GET /v1/batches/{id}/causes
	Reseller string        `json:"reseller"` // whose rows
	Apply    bool          `json:"apply"`    // false: only show what would change
	// Consent says that the registrants agreed: needed for what changes more than
	// how a value is typed.
	Consent bool `json:"consent"`
}

// fixView answers a preview and an application alike.
type fixView struct {
	ID         string         `json:"id,omitempty"` // empty in a preview
	BatchID    string         `json:"batch_id"`
	Detail     review.Detail  `json:"detail"`
	Reseller   string         `json:"reseller"`
	Safe       bool           `json:"safe"`
	Changes    []amend.Change `json:"changes"`
	Skipped    []amend.Skip   `json:"skipped"`
	ReviewedAt time.Time      `json:"reviewed_from,omitzero"` // until then everything can be undone
}

// postFix shows, or applies, a proved correction to all rows of a batch that have
// the fault and come from one reseller. Each becomes the next attempt of its
// submission, which nobody reviews before the grace for second thoughts is over.
func (s *Server) postFix(w http.ResponseWriter, r *http.Request, tenant string) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return notJSON.plain()
	}
	var in fixJSON
	if err := decodeJSON(r.Body, s.Limits.JSONBytes, &in); err != nil {
		return err
	}
	if _, ok := s.Catalogue.Detail(in.Detail); !ok {
		return faultUnknown.plain()
	}
	a := amend.Amend{Batches: s.Batches, Submissions: s.Store, NewID: newID, Now: s.Now, Grace: s.Limits.UndoGrace}
	plan, err := a.Propose(r.Context(), amend.Ask{Tenant: tenant, BatchID: r.PathValue("id"), Detail: in.Detail, Reseller: in.Reseller})
	switch {
	case err != nil:
		return err
	case !in.Apply:
		return writeJSON(w, http.StatusOK, viewFix(plan))
	case !plan.Safe && !in.Consent:
		return consentMissing.with("%s", in.Detail)
	}
	f, done, until, err := a.Apply(r.Context(), actor(r.Context()), plan, in.Consent)
	v := viewFix(done)
	v.ID, v.ReviewedAt = f.ID, until
	return answered(w, http.StatusCreated, v, err)
}

func viewFix(p amend.Plan) fixView {
	return fixView{BatchID: p.BatchID, Detail: p.Detail, Reseller: p.Reseller, Safe: p.Safe, Changes: p.Changes, Skipped: p.Skipped}
}

func answered(w http.ResponseWriter, status int, v any, err error) error {
	if err != nil {
		return err
	}
	return writeJSON(w, status, v)
}

// getFix shows what became of the rows of a correction.
func (s *Server) getFix(w http.ResponseWriter, r *http.Request, tenant string) error {
	f, err := s.Batches.Fix(r.Context(), tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	type item struct {
		Row       int          `json:"row"`
		AttemptID string       `json:"attempt_id"`
		State     review.State `json:"state"`
	}
	items := make([]item, len(f.Items))
	for i, x := range f.Items {
		items[i] = item(x)
	}
	return writeJSON(w, http.StatusOK, struct {
		ID        string        `json:"id"`
		BatchID   string        `json:"batch_id"`
		Detail    review.Detail `json:"detail"`
		Reseller  string        `json:"reseller"`
		CreatedAt time.Time     `json:"created_at"`
		UndoneAt  time.Time     `json:"undone_at,omitzero"`
		Rows      []item        `json:"rows"`
	}{f.ID, f.BatchID, f.Detail, f.Reseller, f.CreatedAt, f.UndoneAt, items})
}

// undoFix withdraws what a correction resubmitted and nobody reviews yet.
func (s *Server) undoFix(w http.ResponseWriter, r *http.Request, tenant string) error {
	id := r.PathValue("id")
	n, err := s.Batches.UndoFix(r.Context(), tenant, actor(r.Context()), id)
	if err != nil {
		return err
	}
	f, err := s.Batches.Fix(r.Context(), tenant, id)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]int{"withdrawn": n, "kept": len(f.Items) - n})
}

// cancelBatch ends a batch; cancelling again changes nothing.
func (s *Server) cancelBatch(w http.ResponseWriter, r *http.Request, tenant string) error {
	id := r.PathValue("id")
	if _, err := s.Batches.CancelBatch(r.Context(), tenant, actor(r.Context()), id); err != nil {
		return err
	}
	b, err := s.Batches.Batch(r.Context(), tenant, id)
	return answered(w, http.StatusOK, viewBatch(b, s.Now()), err)
}

// The audit trail in pages.
const auditPage = 200

// getAudit lists who did what, oldest first.
func (s *Server) getAudit(w http.ResponseWriter, r *http.Request, tenant string) error {
	after, err := strconv.ParseInt(cmp.Or(r.URL.Query().Get("after"), "0"), 10, 64)
	if err != nil {
		return cursorUnknown.plain()
	}
	list, err := s.Batches.Audit(r.Context(), tenant, after, auditPage)
	if list == nil {
		list = []review.AuditEntry{}
	}
	return answered(w, http.StatusOK, map[string]any{"entries": list}, err)
}
