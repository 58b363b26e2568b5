package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"realname/internal/mend"
	"realname/internal/review"
	"realname/internal/text"
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

// fixChange is one row as it would be changed.
type fixChange struct {
	Row         int               `json:"row"`
	ExternalID  string            `json:"external_id,omitempty"`
	Field       review.Field      `json:"field"`
	Differences []text.Difference `json:"differences"` // declared: before, read: after
	corrected   string            // the attempt that is corrected
	attempt     review.Attempt    // the one that follows it
}

// fixSkip is a row that has the fault and is not changed.
type fixSkip struct {
	Row  int    `json:"row"`
	Code string `json:"code"` // no_fix, superseded, attempt_open, attempts_spent, attempt_too_soon
}

// superseded is the code of a row whose submission went on without the correction.
const superseded = "superseded"

// fixView answers a preview and an application alike.
type fixView struct {
	ID         string        `json:"id,omitempty"` // empty in a preview
	BatchID    string        `json:"batch_id"`
	Detail     review.Detail `json:"detail"`
	Reseller   string        `json:"reseller"`
	Safe       bool          `json:"safe"`
	Changes    []fixChange   `json:"changes"`
	Skipped    []fixSkip     `json:"skipped"`
	ReviewedAt time.Time     `json:"reviewed_from,omitzero"` // until then everything can be undone
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
	v := fixView{BatchID: r.PathValue("id"), Detail: in.Detail, Reseller: in.Reseller, Safe: mend.Safe(in.Detail), Changes: []fixChange{}, Skipped: []fixSkip{}}
	err := s.eachItem(r, tenant, func(i review.BatchItem) error {
		if i.Reseller != in.Reseller || i.Outcome == nil || i.Outcome.Kind != review.Rejected {
			return nil
		}
		return s.proposeFix(r.Context(), tenant, i, &v)
	})
	if err != nil || !in.Apply {
		return answered(w, http.StatusOK, v, err)
	}
	if !v.Safe && !in.Consent {
		return consentMissing.with("%s", in.Detail)
	}
	return answered(w, http.StatusCreated, v, s.applyFix(r.Context(), tenant, in, &v))
}

func answered(w http.ResponseWriter, status int, v any, err error) error {
	if err != nil {
		return err
	}
	return writeJSON(w, status, v)
}

// proposeFix adds a row to what would change, when its newest attempt is still
// the one that the batch brought and its correction is proved.
func (s *Server) proposeFix(ctx context.Context, tenant string, i review.BatchItem, v *fixView) error {
	declared, field, ok := mend.Apply(i.Declared, *i.Outcome, v.Detail)
	switch {
	case field == "":
		return nil // it has not this fault
	case !ok:
		v.Skipped = append(v.Skipped, fixSkip{i.Row, "no_fix"})
		return nil
	}
	sub, err := s.Store.Submission(ctx, tenant, i.SubmissionID)
	if err != nil {
		return err
	}
	last := sub.Last()
	if last.ID != i.AttemptID {
		v.Skipped = append(v.Skipped, fixSkip{i.Row, superseded})
		return nil
	}
	next := review.Attempt{ID: newID(), SubmissionID: sub.ID, State: review.Queued, Declared: declared, CreatedAt: s.Now(), Bulk: true}
	next.Documents = last.CarryOver(nil, func(int) string { return newID() })
	before, after := i.Declared.Name, declared.Name
	if field == review.FieldNumber {
		before, after = i.Declared.Number, declared.Number
	}
	v.Changes = append(v.Changes, fixChange{i.Row, i.ExternalID, field, few(text.Diff(before, after)), last.ID, next})
	return nil
}

// few hides the characters of a value that changes nearly as a whole.
func few(list []text.Difference) []text.Difference {
	if len(list) > maxShown {
		for i := range list {
			list[i].Declared, list[i].Read = "", ""
		}
	}
	return list
}

// applyFix resubmits the rows one by one; what cannot be is told.
func (s *Server) applyFix(ctx context.Context, tenant string, in fixJSON, v *fixView) error {
	f := review.Fix{ID: newID(), Tenant: tenant, BatchID: v.BatchID, Detail: in.Detail, Reseller: in.Reseller, CreatedAt: s.Now()}
	detail := map[string]string{"batch": v.BatchID, "detail": string(in.Detail), "rows": strconv.Itoa(len(v.Changes)), "consent": fmt.Sprint(in.Consent)}
	if err := s.Batches.CreateFix(ctx, actor(ctx), f, detail); err != nil {
		return err
	}
	v.ID, v.ReviewedAt = f.ID, s.Now().Add(s.Limits.UndoGrace)
	planned := v.Changes
	v.Changes = []fixChange{}
	for _, c := range planned {
		err := s.Batches.FixRow(ctx, f, c.Row, c.corrected, c.attempt, v.ReviewedAt)
		switch code := refusalCode(err); {
		case code != "":
			v.Skipped = append(v.Skipped, fixSkip{c.Row, code})
		case err != nil:
			return err
		default:
			v.Changes = append(v.Changes, c)
		}
	}
	return nil
}

// refusalCode names why a submission takes no further attempt; empty for any
// other error.
func refusalCode(err error) string {
	switch {
	case errors.Is(err, review.ErrSuperseded):
		return superseded
	case errors.Is(err, review.ErrOpenAttempt):
		return attemptOpen.code
	case errors.Is(err, review.ErrTriesSpent):
		return attemptsSpent.code
	case errors.As(err, &review.TooSoonError{}):
		return attemptTooSoon.code
	}
	return ""
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
