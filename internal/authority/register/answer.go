package register

import (
	"context"
	"time"

	"realname/internal/authority"
	"realname/internal/review"
)

// Store finds organisations in the version of the register that is in use.
type Store interface {
	// Version is what is in use; review.ErrNotFound when nothing is.
	Version(ctx context.Context) (Version, error)
	// ByCode lists the names, present and former, that a code stands for.
	ByCode(ctx context.Context, code string) ([]Found, error)
	// ByKeys lists names that have one of the keys, at most so many for each place of
	// a key; a name may come more than once.
	ByKeys(ctx context.Context, keys Wanted, limit int) ([]Found, error)
}

// Version is one loading of a register.
type Version struct {
	ID       int64
	AsOf     review.Date // what happened later is not in it
	Names    int64
	LoadedAt time.Time
	InUse    bool
}

// Source answers from the register.
type Source struct{ Store Store }

// Ask implements authority.Source. A document that is younger than the register can
// only be confirmed by it: what it says of an older name or of no record may have
// changed since.
func (s Source) Ask(ctx context.Context, q authority.Question) review.AuthorityAnswer {
	v, err := s.Store.Version(ctx)
	if err != nil {
		return authority.Unavailable("", "no register is loaded, or it cannot be read")
	}
	names, err := s.Store.ByCode(ctx, q.Number)
	if err != nil {
		return authority.Unavailable("", "the register cannot be read")
	}
	a := judge(q, names)
	if len(names) == 0 && sameBody(s.other(ctx, q), q.Number) {
		a = review.AuthorityAnswer{Result: review.AuthorityMismatch, Field: review.FieldNumber, Cause: "the name stands under another code"}
	}
	if a.Result != review.AuthorityMatch && q.Issued.HasDay() && v.AsOf.Before(q.Issued) {
		return review.AuthorityAnswer{Result: review.AuthorityNotFound, Cause: "the document is younger than the register"}
	}
	return a
}

// judge asks all rows of a code: one that speaks for the registrant outweighs the
// others, and the organisation is gone only when every row says so.
func judge(q authority.Question, names []Found) review.AuthorityAnswer {
	a := review.AuthorityAnswer{Result: review.AuthorityNotFound}
	gone, unsure := len(names) > 0, false
	for _, n := range names {
		if Ended(n.Status) {
			continue
		}
		gone = false
		switch {
		case !Alive(n.Status):
			unsure = true
		case Same(n.Name, q.Name) && !n.Former:
			return review.AuthorityAnswer{Result: review.AuthorityMatch}
		case Same(n.Name, q.Name):
			a = review.AuthorityAnswer{Result: review.AuthorityMismatch, Field: review.FieldName, Cause: "it is a former name"}
		case a.Cause == "":
			a = review.AuthorityAnswer{Result: review.AuthorityMismatch, Field: review.FieldName}
		}
	}
	switch {
	case gone:
		return review.AuthorityAnswer{Result: review.AuthorityRevoked}
	case unsure: // a person reads what its status means
		return review.AuthorityAnswer{Result: review.AuthorityNotFound, Cause: "the register's status is none that we know"}
	}
	return a
}

// other is the one other code under which the very name stands; empty when there is
// none or are several: names of small shops stand under many, and say nothing.
func (s Source) other(ctx context.Context, q authority.Question) string {
	found, err := s.Store.ByKeys(ctx, Exactly(q.Name), candidates)
	if err != nil || len(found) >= candidates {
		return "" // no record is what we know
	}
	code := ""
	for _, f := range found {
		if !Same(f.Name, q.Name) || f.Former || !Alive(f.Status) {
			continue
		}
		if code != "" && code != f.Code {
			return ""
		}
		code = f.Code
	}
	return code
}

// sameBody reports whether a number may be a mistaken writing of the code: both are
// credit codes of one region. The same name in another region, or beside a number of
// another kind, is a namesake.
func sameBody(code, number string) bool {
	const length, from, to = 18, 2, 8
	return len(code) == length && len(number) == length && code[from:to] == number[from:to]
}
