package postgres

import (
	"errors"
	"testing"
	"time"

	"realname/internal/auth"
	"realname/internal/review"
)

// Rule: a key and its successor both work until the overlap ends; a revoked one is
// never rotated; both deeds are in the audit trail; the last use is kept.
func TestKeysAreRotatedRevokedAndSeen(t *testing.T) {
	f := newFixture(t)
	old, _ := auth.NewKey(tenant, auth.ScopeRead)
	old.Name = "billing"
	f.must(f.CreateAPIKey(t.Context(), old))
	next, _ := auth.NewKey(tenant, auth.ScopeRead)
	until := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	f.must(f.RotateAPIKey(t.Context(), "test", old.ID, next, until))
	f.must(f.KeyUsed(t.Context(), next.ID))
	list, err := f.APIKeys(t.Context(), tenant)
	f.must(err)
	if len(list) != 2 || list[0].ID != next.ID || list[0].LastUsedAt.IsZero() || !list[1].ExpiresAt.Equal(until) || list[1].Name != "billing" {
		t.Errorf("after rotation: %+v", list)
	}
	f.must(f.RevokeAPIKey(t.Context(), "test", old.ID))
	if err := f.RotateAPIKey(t.Context(), "test", old.ID, next, until); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("rotating a revoked key: %v", err)
	}
	if err := f.RevokeAPIKey(t.Context(), "test", "none"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("revoking what is not there: %v", err)
	}
	if n := f.count(`select count(*) from audit where action in ('key.rotate', 'key.revoke')`); n != 2 {
		t.Errorf("%d audit rows, want 2", n)
	}
}
