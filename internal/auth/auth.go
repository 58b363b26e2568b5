// Package auth knows API keys, and the passwords and sessions of people: how they
// look, how they are made, and whose they are. All are kept as hashes; a secret is
// shown once. It knows neither HTTP nor SQL.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"realname/internal/review"
)

// A key reads rn_<id>_<secret>; the pattern rn_[a-z2-7]{16}_[A-Z2-7]{52} finds
// a leaked one.
const (
	prefix    = "rn_"
	idLen     = 16
	secretLen = 52 // 260 bits in base32
)

// The scopes of a key.
const (
	ScopeSubmit = "submit"
	ScopeRead   = "read"
	// ScopeEndpoints manages where notices go and shows how they fared.
	ScopeEndpoints = "endpoints"
)

// Scopes are all of them.
var Scopes = []string{ScopeSubmit, ScopeRead, ScopeEndpoints}

// ErrUnknown means that no live key matches. It says no more on purpose.
var ErrUnknown = errors.New("the API key is not known")

// NewKey makes a key for a tenant. The returned text is the only copy of its secret.
func NewKey(tenant string, scopes ...string) (review.APIKey, string) {
	id := strings.ToLower(rand.Text()[:idLen])
	secret := (rand.Text() + rand.Text())[:secretLen]
	return review.APIKey{ID: id, Tenant: tenant, Hash: sha256.Sum256([]byte(secret)), Scopes: scopes}, prefix + id + "_" + secret
}

// Store finds keys by their public part.
type Store interface {
	APIKey(ctx context.Context, id string) (review.APIKey, error)
}

// cacheLife is how long a revoked key may still work.
const cacheLife = 3 * time.Second

// usedPause is how often a key's use is noted.
const usedPause = time.Minute

// Keys checks keys, remembering each for a moment.
type Keys struct {
	// Used notes that a key was used; nil: nobody wants to know.
	Used func(ctx context.Context, id string)

	store Store
	now   func() time.Time
	mu    sync.Mutex
	known map[string]cached
}

type cached struct {
	key  review.APIKey
	err  error
	till time.Time
	used time.Time // when its use was last noted
}

// New makes a checker over a store.
func New(s Store, now func() time.Time) *Keys {
	return &Keys{store: s, now: now, known: map[string]cached{}}
}

// Check returns the live key that the text is, ErrUnknown when there is none,
// or why the store could not be asked.
func (k *Keys) Check(ctx context.Context, text string) (review.APIKey, error) {
	id, secret, ok := split(text)
	if !ok {
		return review.APIKey{}, ErrUnknown
	}
	key, err := k.find(ctx, id)
	if err != nil && !errors.Is(err, review.ErrNotFound) {
		return review.APIKey{}, fmt.Errorf("check API key: %w", err)
	}
	hash := sha256.Sum256([]byte(secret))
	match := subtle.ConstantTimeCompare(hash[:], key.Hash[:]) == 1
	if err != nil || !match || !k.live(key) {
		return review.APIKey{}, ErrUnknown
	}
	k.note(ctx, id)
	return key, nil
}

// note tells of a use, not more often than once in a while.
func (k *Keys) note(ctx context.Context, id string) {
	if k.Used == nil {
		return
	}
	k.mu.Lock()
	c := k.known[id]
	due := k.now().Sub(c.used) >= usedPause
	if due {
		c.used = k.now()
		k.known[id] = c
	}
	k.mu.Unlock()
	if due {
		k.Used(ctx, id)
	}
}

func (k *Keys) live(key review.APIKey) bool {
	now := k.now()
	return (key.ExpiresAt.IsZero() || now.Before(key.ExpiresAt)) && (key.RevokedAt.IsZero() || now.Before(key.RevokedAt))
}

// maxKnown bounds the memory that made-up ids can take.
const maxKnown = 10_000

func (k *Keys) find(ctx context.Context, id string) (review.APIKey, error) {
	k.mu.Lock()
	c, ok := k.known[id]
	k.mu.Unlock()
	if ok && k.now().Before(c.till) {
		return c.key, c.err
	}
	key, err := k.store.APIKey(ctx, id)
	if err != nil && !errors.Is(err, review.ErrNotFound) {
		return key, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.known) >= maxKnown {
		clear(k.known)
	}
	k.known[id] = cached{key, err, k.now().Add(cacheLife), k.known[id].used}
	return key, err
}

func split(text string) (id, secret string, ok bool) {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok {
		return "", "", false
	}
	id, secret, ok = strings.Cut(rest, "_")
	return id, secret, ok && len(id) == idLen && len(secret) == secretLen
}

// Allows reports whether the key has the scope.
func Allows(key review.APIKey, scope string) bool { return slices.Contains(key.Scopes, scope) }
