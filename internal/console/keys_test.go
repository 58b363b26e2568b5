package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"realname/internal/auth"
	"realname/internal/desk"
)

var aKey = regexp.MustCompile(`rn_[a-z2-7]{16}_[A-Z2-7]{52}`)

func TestAKeyIsShownOnceAndWorks(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Admin)
	a := v.post("/console/keys", "name", "billing", "scope", "read", "days", "30")
	a.is(t, http.StatusCreated)
	secret := aKey.FindString(a.body)
	key, err := auth.New(h.store, time.Now).Check(t.Context(), secret)
	if err != nil || key.Tenant != tenant || key.Name != "billing" || len(key.Scopes) != 1 || key.ExpiresAt.Before(time.Now().AddDate(0, 0, 29)) {
		t.Errorf("the key that was shown: %+v, %v", key, err)
	}
	a = v.get("/console/keys")
	a.has(t, "billing", secret[:19], "Live", "Never")
	a.lacks(t, secret[20:])
	if n := h.count(`select count(*) from audit where action = 'key.create' and actor = 'user:anna' and detail->>'key' = $1`, key.ID); n != 1 {
		t.Errorf("the audit trail says so %d times", n)
	}
}

func TestARotatedKeyWorksBesideItsSuccessorForAWhile(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Admin)
	first := aKey.FindString(v.post("/console/keys", "name", "billing", "scope", "submit", "days", "90").body)
	a := v.post("/console/keys/"+first[3:19]+"/rotate", "overlap", "24")
	a.is(t, http.StatusCreated)
	a.has(t, "The old key works until")
	second := aKey.FindString(a.body)
	now := time.Now()
	keys := auth.New(h.store, func() time.Time { return now })
	for _, secret := range []string{first, second} {
		if _, err := keys.Check(t.Context(), secret); err != nil {
			t.Error(err)
		}
	}
	now = now.Add(25 * time.Hour)
	if _, err := keys.Check(t.Context(), first); err == nil {
		t.Error("the old key works for ever")
	}
	got, err := keys.Check(t.Context(), second)
	if err != nil || got.Name != "billing" || got.Scopes[0] != auth.ScopeSubmit || got.ExpiresAt.Before(time.Now().AddDate(0, 0, 89)) {
		t.Errorf("the successor: %+v, %v", got, err)
	}
	v.post("/console/keys/"+second[3:19]+"/revoke").is(t, http.StatusSeeOther)
	if _, err := auth.New(h.store, time.Now).Check(t.Context(), second); err == nil {
		t.Error("a revoked key works")
	}
	v.post("/console/keys/"+second[3:19]+"/rotate", "overlap", "24").has(t, "Only a live key")
	v.get("/console/keys").has(t, "Revoked", "Ends soon")
	if n := h.count(`select count(*) from audit where action in ('key.rotate', 'key.revoke') and actor = 'user:anna'`); n != 2 {
		t.Errorf("%d rows in the audit trail", n)
	}
}

func TestAKeyIsMadeOfWhatTheFormOffersOnly(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Admin)
	for rule, form := range map[string][]string{
		"no name":            {"name", " ", "scope", "read", "days", "30"},
		"a name too long":    {"name", strings.Repeat("密", 61), "scope", "read", "days", "30"},
		"no scope":           {"name", "x", "days", "30"},
		"a scope of nobody":  {"name", "x", "scope", "admin", "days", "30"},
		"days not offered":   {"name", "x", "scope", "read", "days", "9999"},
		"days that are none": {"name", "x", "scope", "read", "days", "x"},
	} {
		if a := v.post("/console/keys", form...); a.status != http.StatusUnprocessableEntity || aKey.MatchString(a.body) {
			t.Errorf("%s: %d", rule, a.status)
		}
	}
	if n := h.count(`select count(*) from api_keys`); n != 0 {
		t.Errorf("%d keys were made", n)
	}
}
