package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"realname/internal/batch"
	"realname/internal/review"
)

// before is the submission that a row resubmits, nil when it is a new one.
func (t *taker) before(ctx context.Context, p parsed) (*review.Submission, error) {
	var s review.Submission
	var err error
	switch {
	case p.submission != "":
		s, err = t.Store.Submission(ctx, t.b.Tenant, p.submission)
	case p.external != "":
		s, err = t.Store.SubmissionByExternalID(ctx, t.b.Tenant, p.external)
		if errors.Is(err, review.ErrNotFound) {
			return nil, nil
		}
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// complete takes from the last attempt what a row about a submission leaves out:
// a column that the manifest has not, or a cell that a new submission must have.
// A cell that may be empty says that the value is gone.
func (t *taker) complete(r batch.Row, p parsed, before review.Submission) (parsed, []review.RowFault) {
	if p.subject != "" && !strings.EqualFold(p.subject, before.SubjectRef) {
		return p, []review.RowFault{{Row: r.Number, Column: string(batch.SubjectRef), Code: "subject_differs",
			ZH: "该编号此前用于另一个域名或模板，请核对编号；新的域名请使用新的编号", EN: "this id belongs to another domain or template; check it, and give a new one an id of its own"}}
	}
	full := batch.Row{Number: r.Number, Cells: map[batch.Column]string{}}
	for c, v := range lastCells(before) {
		full.Cells[c] = v
	}
	for c, v := range r.Cells {
		if strings.TrimSpace(v) != "" || !batch.Required(c) {
			full.Cells[c] = v
		}
	}
	p, found := t.parse(t.b, full)
	last := before.Last().Declared // what no column can say
	p.declared.LegalPerson, p.declared.HouseholdMove, p.declared.SpecialOccupation = last.LegalPerson, last.HouseholdMove, last.SpecialOccupation
	return p, found
}

// lastCells is what the last attempt declared, as a manifest would have it.
func lastCells(s review.Submission) map[batch.Column]string {
	d := s.Last().Declared
	expires := d.ExpiryDate.String()
	if d.LongTerm {
		expires = "长期"
	}
	return map[batch.Column]string{
		batch.SubjectRef: s.SubjectRef, batch.HolderType: string(d.HolderType), batch.HolderName: d.Name, batch.CredentialType: string(d.CredentialType),
		batch.CredentialNo: d.Number, batch.IssueDate: d.IssueDate.String(), batch.ExpiryDate: expires, batch.Country: d.Country, batch.Email: d.Email, batch.Language: d.Language,
	}
}

// resubmit writes the next attempt. Images that were not sent again are those of
// the last attempt; nothing changed at all is told, not reviewed again.
func (t *taker) resubmit(ctx context.Context, r batch.Row, before review.Submission, a review.Attempt) (string, string, []review.RowFault, error) {
	last := before.Last()
	a.Documents = last.CarryOver(a.Documents, func(i int) string { return t.id(fmt.Sprintf("carried-%d", i), r.Number) })
	if last.RepeatedBy(a, t.Now()) && last.State.Moving() {
		fault, _ := noAttempt(review.ErrOpenAttempt)
		fault.Row = r.Number
		return "", "", []review.RowFault{fault}, nil
	}
	if last.RepeatedBy(a, t.Now()) {
		return "", "", []review.RowFault{{Row: r.Number, Code: "unchanged", ZH: "资料与上次提交完全相同，未重新审核；请按上次的处理建议修改后再提交",
			EN: "nothing differs from the last submission, so it was not reviewed again; mend what the last outcome names"}}, nil
	}
	a, err := t.Store.Resubmit(ctx, t.b.Tenant, before.ID, a)
	if fault, ok := noAttempt(err); ok {
		fault.Row = r.Number
		return "", "", []review.RowFault{fault}, nil
	}
	return before.ID, a.ID, nil, err
}

// noAttempt tells why a submission takes no further attempt just now.
func noAttempt(err error) (review.RowFault, bool) {
	var soon review.TooSoonError
	switch {
	case errors.Is(err, review.ErrOpenAttempt):
		return review.RowFault{Code: "attempt_open", ZH: "上一次提交正在审核，请等结果出来后再提交", EN: "the last attempt is being reviewed just now; submit again when it is decided"}, true
	case errors.Is(err, review.ErrTriesSpent):
		return review.RowFault{Code: "attempts_spent", ZH: "提交次数已用完，请联系注册商处理", EN: "no attempt is left for this submission; ask the registrar"}, true
	case errors.As(err, &soon):
		at := soon.Until.In(review.Shanghai).Format("2006-01-02 15:04")
		return review.RowFault{Code: "attempt_too_soon", ZH: "距上次被拒的时间太短，请在 " + at + "（北京时间）之后提交", EN: "too soon after the last refusal; submit after " + at + " (Beijing time)"}, true
	}
	return review.RowFault{}, false
}
