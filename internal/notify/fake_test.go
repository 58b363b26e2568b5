package notify

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
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

// memory is a Store of a few deliveries.
type memory struct {
	mu      sync.Mutex
	due     []review.Delivery
	subject review.Submission
	letter  *Letter
	jpegs   map[int][]byte
	wake    chan struct{}
	ended   chan Finished
	err     error // of Subject
	failing int   // so many times Finish fails
}

func newMemory(due ...review.Delivery) *memory {
	return &memory{due: due, subject: rejected(), wake: make(chan struct{}, 1), ended: make(chan Finished, 1024)}
}

func (m *memory) results() chan Finished { return m.ended }

func (m *memory) Wake(context.Context) <-chan struct{} { return m.wake }

func (m *memory) Waiting(context.Context) ([]review.Endpoint, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []review.Endpoint
	for _, d := range m.due {
		if !slices.ContainsFunc(list, func(e review.Endpoint) bool { return e.ID == d.Endpoint.ID }) {
			list = append(list, d.Endpoint)
		}
	}
	return list, nil
}

func (m *memory) ClaimDeliveries(_ context.Context, places map[string]int, _ time.Duration) ([]review.Delivery, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var got []review.Delivery
	left := maps.Clone(places)
	m.due = slices.DeleteFunc(m.due, func(d review.Delivery) bool {
		if left[d.Endpoint.ID] == 0 {
			return false
		}
		left[d.Endpoint.ID]--
		d.Tries++
		got = append(got, d)
		return true
	})
	return got, nil
}

func (m *memory) Subject(context.Context, review.Delivery) (Subject, error) {
	return Subject{Submission: m.subject}, m.err
}

func (m *memory) Letter(context.Context, string, string) (Letter, error) {
	if m.letter == nil {
		return Letter{}, review.ErrNotFound
	}
	return *m.letter, nil
}

func (m *memory) Pictures(context.Context, string, review.Kind) (map[int][]byte, error) {
	if m.jpegs == nil {
		return nil, errors.New("down")
	}
	return m.jpegs, nil
}

func (m *memory) FinishDeliveries(_ context.Context, list []Finished) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failing > 0 {
		m.failing--
		return errors.New("down")
	}
	for _, f := range list {
		m.ended <- f
	}
	return nil
}

func (m *memory) Behind(context.Context, []review.Delivery) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.due) > 0, m.err
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
