package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"realname/internal/auth"
	"realname/internal/review"
)

// What a key may be made with: how many days it lives, none for ever, and how many
// hours it works beside its successor.
var (
	keyDays    = []int{30, 90, 180, 365, 0}
	keyOverlap = []int{1, 24, 72, 168, 0}
)

// maxKeyName bounds the name of a key, in characters.
const maxKeyName = 60

// keyView is one key as the page shows it.
type keyView struct {
	review.APIKey
	State string // live, ending, expired, revoked
}

// Live reports whether the key still opens anything.
func (k keyView) Live() bool { return k.State == "live" || k.State == "ending" }

type keysBody struct {
	Keys    []keyView
	Scopes  []string
	Days    []int
	Overlap []int
	Fault   string
	Secret  string // of a new key, shown this once
	Made    review.APIKey
	Until   time.Time // the one before works until then
}

func (c *Console) getKeys(w http.ResponseWriter, r *request) error {
	return c.showKeys(w, r, http.StatusOK, keysBody{})
}

func (c *Console) showKeys(w http.ResponseWriter, r *request, status int, b keysBody) error {
	list, err := c.Keys.Keys(r.Context(), r.Tenant)
	if err != nil {
		return err
	}
	for _, k := range list {
		b.Keys = append(b.Keys, keyView{k, keyState(k, c.Now())})
	}
	b.Scopes, b.Days, b.Overlap = auth.Scopes, keyDays, keyOverlap
	return c.show(w, r, status, "keys", "keys", b)
}

// keyState is what a key still opens, in our words.
func keyState(k review.APIKey, now time.Time) string {
	switch {
	case !k.RevokedAt.IsZero():
		return "revoked"
	case k.ExpiresAt.IsZero():
		return "live"
	case !now.Before(k.ExpiresAt):
		return "expired"
	case k.ExpiresAt.Before(now.Add(endingSoon)):
		return "ending"
	}
	return "live"
}

// endingSoon is how near the end of a key is that people must know of.
const endingSoon = 14 * 24 * time.Hour

// postKey makes a key, whose secret the page shows this once.
func (c *Console) postKey(w http.ResponseWriter, r *request) error {
	name := strings.TrimSpace(r.PostFormValue("name")) // reads the form
	scopes := r.PostForm["scope"]
	days, ok := choice(r, "days", keyDays)
	foreign := func(s string) bool { return !slices.Contains(auth.Scopes, s) }
	if name == "" || utf8.RuneCountInString(name) > maxKeyName || len(scopes) == 0 || slices.ContainsFunc(scopes, foreign) || !ok {
		return c.showKeys(w, r, http.StatusUnprocessableEntity, keysBody{Fault: "key_wrong"})
	}
	slices.Sort(scopes)
	key, secret := auth.NewKey(r.Tenant, slices.Compact(scopes)...)
	key.Name = name
	if days > 0 {
		key.ExpiresAt = c.Now().AddDate(0, 0, days)
	}
	if err := c.Keys.MakeKey(r.Context(), r.Session, key); err != nil {
		return err
	}
	return c.showKeys(w, r, http.StatusCreated, keysBody{Secret: secret, Made: key})
}

// choice reads one of the numbers that a form offers.
func choice(r *request, field string, offered []int) (n int, ok bool) {
	n, err := strconv.Atoi(r.PostFormValue(field))
	return n, err == nil && slices.Contains(offered, n)
}

// postKeyRotate makes the successor of a key, with its name, scopes and life; both
// work for a while, so that no program stands still.
func (c *Console) postKeyRotate(w http.ResponseWriter, r *request) error {
	old, err := c.Keys.Key(r.Context(), r.Tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	hours, ok := choice(r, "overlap", keyOverlap)
	if !ok || !(keyView{old, keyState(old, c.Now())}).Live() {
		return c.showKeys(w, r, http.StatusUnprocessableEntity, keysBody{Fault: "key_not_live"})
	}
	key, secret := auth.NewKey(r.Tenant, old.Scopes...)
	key.Name = old.Name
	if !old.ExpiresAt.IsZero() {
		key.ExpiresAt = c.Now().Add(old.ExpiresAt.Sub(old.CreatedAt))
	}
	until := c.Now().Add(time.Duration(hours) * time.Hour)
	if err := c.Keys.SucceedKey(r.Context(), r.Session, old.ID, key, until); err != nil {
		return err
	}
	return c.showKeys(w, r, http.StatusCreated, keysBody{Secret: secret, Made: key, Until: until})
}

// postKeyRevoke ends a key for good.
func (c *Console) postKeyRevoke(w http.ResponseWriter, r *request) error {
	if err := c.Keys.EndKey(r.Context(), r.Session, r.PathValue("id")); err != nil {
		return err
	}
	return c.done(w, r, "/console/keys", "done_revoked")
}
