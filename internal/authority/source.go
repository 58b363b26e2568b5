package authority

import (
	"context"
	"fmt"
	"slices"

	"realname/internal/review"
)

// Question is what an issuing body is asked. Name and Number are identity data:
// they go to the source and nowhere else.
type Question struct {
	Holder review.HolderType
	Type   review.CredentialType
	Name   string
	Number string
	Issued review.Date // zero when it is not known
	// Reference is ours, the same for every time that it is asked, so that a source
	// which charges can tell a repeat.
	Reference string
}

// Source answers questions. What goes wrong on the way is an answer too:
// unavailable, with its cause. Only the caller's context ends a call early.
type Source interface {
	Ask(ctx context.Context, q Question) review.AuthorityAnswer
}

// BulkSource answers many questions at once, in their order.
type BulkSource interface {
	Source
	AskAll(ctx context.Context, list []Question) []review.AuthorityAnswer
}

// Unavailable is the answer of a source that could not be asked.
func Unavailable(source, cause string) review.AuthorityAnswer {
	return review.AuthorityAnswer{Result: review.AuthorityUnavailable, Source: source, Cause: cause}
}

// Panicked is the cause when an adapter failed at a question or an answer.
const Panicked = "the adapter failed at what it was asked, or was answered"

// Desk hands each question to the first source that answers such ones.
type Desk []Entry

// Entry is a source with what it answers.
type Entry struct {
	Name    string
	Holders []review.HolderType     // empty: all
	Types   []review.CredentialType // empty: all
	Source  Source
}

func (e Entry) answers(holder review.HolderType, t review.CredentialType) bool {
	return (len(e.Holders) == 0 || slices.Contains(e.Holders, holder)) && (len(e.Types) == 0 || slices.Contains(e.Types, t))
}

// Ask implements Source.
func (d Desk) Ask(ctx context.Context, q Question) review.AuthorityAnswer {
	for _, e := range d {
		if e.answers(q.Holder, q.Type) {
			a := e.Source.Ask(ctx, q)
			a.Source = e.Name
			return a
		}
	}
	return Unavailable("", fmt.Sprintf("no source answers for %s", q.Type))
}

// Covers reports whether some source answers for a holder's document.
func (d Desk) Covers(holder review.HolderType, t review.CredentialType) bool {
	return slices.ContainsFunc(d, func(e Entry) bool { return e.answers(holder, t) })
}
