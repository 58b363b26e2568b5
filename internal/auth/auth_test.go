package auth

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"realname/internal/review"
)

type keys map[string]review.APIKey

func (k keys) APIKey(_ context.Context, id string) (review.APIKey, error) {
	key, ok := k[id]
	if !ok {
		return key, review.ErrNotFound
	}
	return key, nil
}

type down struct{}

func (down) APIKey(context.Context, string) (review.APIKey, error) {
	return review.APIKey{}, errors.New("down")
}

func TestOnlyTheWholeLiveKeyIsKnown(t *testing.T) {
	key, text := NewKey("acme", ScopeSubmit)
	now := time.Now()
	expired, expiredText := NewKey("acme")
	expired.ExpiresAt = now.Add(-time.Second)
	revoked, revokedText := NewKey("acme")
	revoked.RevokedAt = now.Add(-time.Second)
	k := New(keys{key.ID: key, expired.ID: expired, revoked.ID: revoked}, func() time.Time { return now })
	cases := []struct {
		rule, text string
		want       error
	}{
		{"the key", text, nil},
		{"another secret", text[:len(text)-1] + "#", ErrUnknown},
		{"a secret in other case", strings.ToLower(text), ErrUnknown},
		{"no secret", text[:strings.LastIndex(text, "_")+1], ErrUnknown},
		{"an id that is not there", strings.Replace(text, key.ID, "aaaaaaaaaaaaaaaa", 1), ErrUnknown},
		{"expired", expiredText, ErrUnknown},
		{"revoked", revokedText, ErrUnknown},
		{"empty", "", ErrUnknown},
		{"another form", "sk_live_123", ErrUnknown},
	}
	for _, c := range cases {
		got, err := k.Check(t.Context(), c.text)
		if !errors.Is(err, c.want) || c.want == nil && got.Tenant != "acme" {
			t.Errorf("%s: %v, %v", c.rule, got.Tenant, err)
		}
	}
}

// A key's secret is in its text alone.
func TestAKeyKeepsNoSecretAndMatchesThePublishedPattern(t *testing.T) {
	key, text := NewKey("acme")
	if !regexp.MustCompile(`^rn_[a-z2-7]{16}_[A-Z2-7]{52}$`).MatchString(text) {
		t.Error("the key does not match the pattern that secret scanners look for")
	}
	if strings.Contains(string(key.Hash[:]), text[len(text)-52:]) {
		t.Error("the secret is kept")
	}
	if _, other := NewKey("acme"); other == text {
		t.Error("two keys are the same")
	}
}

func TestARevokedKeyStopsWithinFiveSeconds(t *testing.T) {
	key, text := NewKey("acme")
	now := time.Now()
	store := keys{key.ID: key}
	k := New(store, func() time.Time { return now })
	if _, err := k.Check(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	key.RevokedAt = now
	store[key.ID] = key
	now = now.Add(5 * time.Second)
	if _, err := k.Check(t.Context(), text); !errors.Is(err, ErrUnknown) {
		t.Errorf("after five seconds: %v", err)
	}
}

// A database that is down must not look like a wrong key: the client would
// throw its key away.
func TestAStoreThatIsDownIsNotAnUnknownKey(t *testing.T) {
	_, text := NewKey("acme")
	if _, err := New(down{}, time.Now).Check(t.Context(), text); err == nil || errors.Is(err, ErrUnknown) {
		t.Errorf("got %v", err)
	}
}

// Rule: the use of a key is noted, and not with every request.
func TestTheUseOfAKeyIsNotedOncePerMinute(t *testing.T) {
	key, text := NewKey("acme")
	now := time.Now()
	k := New(keys{key.ID: key}, func() time.Time { return now })
	used := 0
	k.Used = func(context.Context, string) { used++ }
	for range 5 {
		if _, err := k.Check(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		now = now.Add(5 * time.Second) // beyond what is remembered of a key
	}
	if used != 1 {
		t.Errorf("noted %d times within a minute", used)
	}
	now = now.Add(time.Minute)
	if _, err := k.Check(t.Context(), text); err != nil || used != 2 {
		t.Errorf("after a minute: noted %d times, %v", used, err)
	}
}
