package notify

import (
	"context"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

// catalogue stands for the rule set: it answers with the code, marked by language.
type catalogue struct{}

func (catalogue) Render(f review.Finding, l rules.Lang) rules.Message {
	return message(string(f.Detail), l)
}

func (catalogue) RenderReason(r review.Reason, l rules.Lang) rules.Message {
	return message(string(r), l)
}

func message(code string, l rules.Lang) rules.Message {
	return rules.Message{Title: code + " title " + string(l), Explanation: code + " explanation", Remedy: code + " remedy"}
}

// memory is a Store of one delivery.
type memory struct {
	delivery review.Delivery
	subject  review.Submission
	taken    bool
	try      Try
	next     Next
	err      error
}

func (m *memory) ClaimDelivery(context.Context, string, time.Duration) (review.Delivery, error) {
	if m.err != nil {
		return review.Delivery{}, m.err
	}
	if m.taken {
		return review.Delivery{}, review.ErrNotFound
	}
	m.taken = true
	m.delivery.Tries++
	return m.delivery, nil
}

func (m *memory) Subject(context.Context, review.Delivery) (review.Submission, error) {
	return m.subject, nil
}

func (m *memory) FinishDelivery(_ context.Context, _ review.Delivery, t Try, n Next) error {
	m.try, m.next = t, n
	return nil
}

// rejected is a submission whose only attempt failed for two reasons.
func rejected() review.Submission {
	return review.Submission{
		ID: "sub", SubjectRef: "example.cn", HoldAt: time.Date(2026, 11, 28, 0, 0, 0, 0, review.Shanghai),
		Attempts: []review.Attempt{{
			ID: "att", Number: 1,
			Declared: review.Declared{Name: "样本甲", Number: "SPECIMEN-NUMBER", Email: "holder@example.com", Language: "en"},
			Outcome: &review.Outcome{
				Kind: review.Rejected, Primary: review.MaterialUnclear,
				Reasons: []review.Reason{review.MaterialUnclear, review.RegistrantInfoMismatch},
				Findings: []review.Finding{
					{Check: "CLR-01", Detail: "blurred", Severity: review.Fail, Reason: review.MaterialUnclear},
					{Check: "NAM-02", Detail: "name_bracket", Severity: review.Fail, Reason: review.RegistrantInfoMismatch, Declared: "样本甲", Read: "样本乙"},
					{Check: "EXP-02", Detail: "near_expiry", Severity: review.Warn},
				},
			},
		}},
	}
}
