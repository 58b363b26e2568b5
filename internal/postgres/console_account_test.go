package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/auth"
	"realname/internal/desk"
	"realname/internal/review"
)

// Rule: what the console does for a tenant's people works with the account of ingest,
// and reaches no other tenant's things.
func TestTheAccountOfIngestServesTheConsole(t *testing.T) {
	w := newTwo(t)
	u, err := w.Recognise(t.Context(), desk.Identity{Issuer: "https://id.example", Subject: "s1", Name: "Anna", Places: map[string]desk.Role{"acme": desk.Admin, "nowhere": desk.Admin}})
	if err != nil {
		t.Fatal(err)
	}
	v := desk.Session{UserID: u.ID, Login: u.Login, Tenant: "acme", Role: desk.Admin}
	other := v
	other.Tenant = "other"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	missing := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, review.ErrNotFound) {
			t.Errorf("%s of another tenant: %v", what, err)
		}
	}
	key, _ := auth.NewKey("acme", auth.ScopeRead)
	next, _ := auth.NewKey("acme", auth.ScopeRead)
	must(w.MakeKey(t.Context(), v, key))
	if err := w.MakeKey(t.Context(), other, next); err == nil {
		t.Error("one tenant's people make a key of another")
	}
	foreign := next
	foreign.Tenant = "other"
	missing("rotating a key", w.SucceedKey(t.Context(), other, key.ID, foreign, time.Now()))
	missing("ending a key", w.EndKey(t.Context(), other, key.ID))
	_, err = w.Key(t.Context(), "other", key.ID)
	missing("a key", err)
	must(w.SucceedKey(t.Context(), v, key.ID, next, time.Now().Add(time.Hour)))
	must(w.EndKey(t.Context(), v, key.ID))
	if list, err := w.Keys(t.Context(), "acme"); err != nil || len(list) != 2 {
		t.Errorf("%d keys, %v", len(list), err)
	}

	id := func() string { return uuid.Must(uuid.NewV7()).String() }
	f := desk.SavedFilter{ID: id(), Name: "due", Query: "due=48h", Shared: true}
	must(w.SaveFilter(t.Context(), v, f))
	missing("a filter", w.DropFilter(t.Context(), other, f.ID))

	p := desk.Replay{ID: id(), Days: 1, RuleSet: "r1", Reached: "00000000-0000-0000-0000-000000000000"}
	must(w.StartReplay(t.Context(), v, p))
	if err := w.StartReplay(t.Context(), v, desk.Replay{ID: id(), Days: 1, Reached: p.Reached}); !errors.Is(err, desk.ErrTooMany) {
		t.Errorf("a second replay: %v", err)
	}
	_, err = w.Replay(t.Context(), "other", p.ID)
	missing("a replay", err)
	taken, err := w.NextReplay(t.Context())
	if err != nil || taken.ID != p.ID || taken.Tenant != "acme" || taken.Expected != 1 {
		t.Fatalf("%+v, %v", taken, err)
	}
	if _, err := w.NextReplay(t.Context()); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a replay that somebody is at is taken again: %v", err)
	}
	list, err := w.Decided(t.Context(), taken.Tenant, taken.Reached, 10)
	if err != nil || len(list) != 1 || list[0].SubmissionID != w.subs["acme"].ID {
		t.Fatalf("%d submissions, %v", len(list), err)
	}
	taken.State, taken.Reached = "done", list[0].SubmissionID
	must(w.SaveReplay(t.Context(), taken, p.Reached))
	if err := w.SaveReplay(t.Context(), taken, p.Reached); !errors.Is(err, review.ErrFenced) {
		t.Errorf("a step that another program has done: %v", err)
	}
}
