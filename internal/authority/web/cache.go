package web

import (
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"realname/internal/authority"
	"realname/internal/review"
)

// cacheKey is what an answer depends on: all that a template can send but our
// reference.
type cacheKey struct {
	holder       review.HolderType
	kind         review.CredentialType
	name, number string
	issued       review.Date
}

func keyOf(q authority.Question) cacheKey {
	return cacheKey{q.Holder, q.Type, q.Name, q.Number, q.Issued}
}

// cacheSize bounds the answers of each result that are kept.
const cacheSize = 50_000

type cache = expirable.LRU[cacheKey, review.AuthorityAnswer]

func newCaches(lives map[review.AuthorityResult]time.Duration) map[review.AuthorityResult]*cache {
	m := map[review.AuthorityResult]*cache{}
	for r, life := range lives {
		m[r] = expirable.NewLRU[cacheKey, review.AuthorityAnswer](cacheSize, nil, life)
	}
	return m
}

func (s *Source) cached(q authority.Question) (review.AuthorityAnswer, bool) {
	for _, c := range s.caches {
		if a, ok := c.Get(keyOf(q)); ok {
			return a, true
		}
	}
	return review.AuthorityAnswer{}, false
}

// keep keeps the newest answer, and it alone.
func (s *Source) keep(q authority.Question, a review.AuthorityAnswer) {
	for r, c := range s.caches {
		if r == a.Result {
			c.Add(keyOf(q), a)
		} else {
			c.Remove(keyOf(q))
		}
	}
}
