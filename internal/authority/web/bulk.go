package web

import (
	"context"
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
		for j, a := range s.askMany(ctx, questions) {
			answers[part[j]] = a
			s.keep(questions[j], a)
			count(s.name, a.Result, false)
		}
	}
	return answers
}

func (s *Source) askMany(ctx context.Context, list []authority.Question) []review.AuthorityAnswer {
	answers := make([]review.AuthorityAnswer, len(list))
	doc, status, err := s.exchange(ctx, s.many, list)
	if _, whole := s.conf.Statuses[status]; err != nil || whole {
		for i := range answers {
			if answers[i] = s.understood(nil, 0, err); err == nil {
				answers[i] = authority.Unavailable(s.name, "its status says nothing of single questions")
			}
		}
		return answers
	}
	found := s.byID(doc)
	for i, q := range list {
		item, ok := found[q.Reference]
		if !ok {
			answers[i] = authority.Unavailable(s.name, "the bulk answer lacks it")
			continue
		}
		answers[i] = s.understood(item, 0, nil)
	}
	return answers
}

// byID are the items of a bulk answer by the question that they answer.
func (s *Source) byID(doc any) map[string]any {
	found := map[string]any{}
	for _, v := range s.items.Get(doc) {
		items, ok := v.([]any)
		if !ok {
			items = []any{v}
		}
		for _, item := range items {
			found[word(s.id, item)] = item
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
