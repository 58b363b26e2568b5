package register

import (
	"context"
	"strings"
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

// Ask implements authority.Source. A document that is younger than the register, or
// may be, can only be confirmed by it: what it says of an older name or of no record
// may have changed since.
func (s Source) Ask(ctx context.Context, q authority.Question) review.AuthorityAnswer {
	if !isCode(q.Number) {
		return review.AuthorityAnswer{Result: review.AuthorityNotFound, Hint: review.HintNotCovered, Cause: "the register holds credit codes only, and the number is none"}
	}
	v, err := s.Store.Version(ctx)
	if err != nil {
		return authority.Unavailable("", "no register is loaded, or it cannot be read")
	}
	names, err := s.Store.ByCode(ctx, q.Number)
	if err != nil {
		return authority.Unavailable("", "the register cannot be read")
	}
	a := judge(q, names)
	if len(names) == 0 && sameRegion(s.other(ctx, q), q.Number) {
		a = review.AuthorityAnswer{Result: review.AuthorityMismatch, Field: review.FieldNumber, Hint: review.HintOtherCode}
	}
	return doubted(a, q.Issued, v.AsOf)
}

// doubted is what an answer is still worth when the document may be younger than the
// register. That a name is a former one, the register knows whatever the date.
func doubted(a review.AuthorityAnswer, issued, asOf review.Date) review.AuthorityAnswer {
	switch {
	case a.Result == review.AuthorityMatch:
	case issued.HasDay() && asOf.Before(issued):
		return review.AuthorityAnswer{Result: review.AuthorityNotFound, Cause: "the document is younger than the register"}
	case !issued.HasDay() && a.Field == review.FieldName && a.Hint == "":
		return review.AuthorityAnswer{Result: review.AuthorityNotFound, Cause: "the name is another one in the register, but the document has no date and may be younger"}
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
			a = review.AuthorityAnswer{Result: review.AuthorityMismatch, Field: review.FieldName, Hint: review.HintFormerName}
		case a.Hint == "":
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

// other is the one code that bears the very name and has ever borne it; empty when
// there is none or are several, in whatever state: names of small shops stand under
// many, and say nothing.
func (s Source) other(ctx context.Context, q authority.Question) string {
	found, err := s.Store.ByKeys(ctx, Exactly(q.Name), candidates)
	if err != nil || len(found) >= candidates {
		return "" // no record is what we know
	}
	code, bears := "", false
	for _, f := range found {
		if !Same(f.Name, q.Name) {
			continue
		}
		if code != "" && code != f.Code {
			return ""
		}
		code, bears = f.Code, bears || !f.Former && Alive(f.Status)
	}
	if !bears {
		return ""
	}
	return code
}

// codeLength is that of a credit code, whose characters regionFrom to regionTo are
// where its body is registered.
const (
	codeLength = 18
	regionFrom = 2
	regionTo   = 8
)

// isCode reports whether a number has the form of a credit code.
func isCode(number string) bool {
	return len(number) == codeLength && strings.Trim(number, "0123456789ABCDEFGHJKLMNPQRTUWXY") == ""
}

// sameRegion reports whether a number may be a mistaken writing of the code: both are
// of one region. The same name in another region is a namesake's.
func sameRegion(code, number string) bool {
	return isCode(code) && isCode(number) && code[regionFrom:regionTo] == number[regionFrom:regionTo]
}
