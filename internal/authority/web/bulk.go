package web

import (
	"context"
	"errors"
	"slices"

	"realname/internal/authority"
	"realname/internal/review"
)

// AskAll implements authority.BulkSource: what the cache does not hold is asked in
// as few requests as the source allows.
func (s *Source) AskAll(ctx context.Context, list []authority.Question) []review.AuthorityAnswer {
	answers := make([]review.AuthorityAnswer, len(list))
	var open []int
	for i, q := range list {
		a, ok := s.cached(q)
		if answers[i] = a; !ok {
			open = append(open, i)
		}
	}
	for part := range slices.Chunk(open, s.conf.Bulk.Max) {
		questions := make([]authority.Question, len(part))
		for j, i := range part {
			questions[j] = list[i]
		}
		for j, a := range s.askWhatFits(ctx, questions) {
			answers[part[j]] = a
			s.keep(questions[j], a)
			count(s.name, a.Result, false)
		}
	}
	return answers
}

// askWhatFits asks in halves what the rest of the day's quota has no room for.
func (s *Source) askWhatFits(ctx context.Context, list []authority.Question) []review.AuthorityAnswer {
	answers, err := s.askMany(ctx, list)
	var why fault
	if half := len(list) / 2; half > 0 && errors.As(err, &why) && why.spent {
		return append(s.askWhatFits(ctx, list[:half]), s.askWhatFits(ctx, list[half:])...)
	}
	return answers
}

func (s *Source) askMany(ctx context.Context, list []authority.Question) ([]review.AuthorityAnswer, error) {
	answers := make([]review.AuthorityAnswer, len(list))
	doc, status, err := s.exchange(ctx, s.many, list)
	if _, whole := s.conf.Statuses[status]; err != nil || whole {
		for i := range answers {
			if answers[i] = s.understood(nil, 0, err); err == nil {
				answers[i] = authority.Unavailable(s.name, "its status says nothing of single questions")
			}
		}
		return answers, err
	}
	found := s.byID(doc)
	for i, q := range list {
		switch items := found[q.Reference]; len(items) {
		case 1:
			answers[i] = s.understood(items[0], 0, nil)
		case 0:
			answers[i] = authority.Unavailable(s.name, "the bulk answer lacks it")
		default:
			answers[i] = authority.Unavailable(s.name, "the bulk answer says it more than once")
		}
	}
	return answers, nil
}

// byID are the items of a bulk answer by the question that they answer.
func (s *Source) byID(doc any) map[string][]any {
	found := map[string][]any{}
	for _, v := range s.items.Get(doc) {
		items, ok := v.([]any)
		if !ok {
			items = []any{v}
		}
		for _, item := range items {
			id := word(s.id, item)
			found[id] = append(found[id], item)
		}
	}
	return found
}

// Bulk returns the source with its questions gathered, when it takes many at once.
func (s *Source) Bulk() authority.Source {
	if s.items == nil {
		return s
	}
	return authority.Gather(s, s.conf.Bulk.Max, s.conf.Bulk.Wait)
}
