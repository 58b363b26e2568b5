package openid

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"realname/internal/desk"
)

// liar is a provider that says what a test wants it to say. The tests of the console
// ask a real one.
type liar struct {
	*httptest.Server
	*testing.T
	nonce    string // of the last question
	claims   map[string]any
	header   jose.SignatureAlgorithm
	key      any
	info     map[string]any
	status   int // of the token's endpoint
	verifier string
}

var honest = func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
}()

func newLiar(t *testing.T) *liar {
	l := &liar{T: t, header: jose.RS256, key: honest, status: http.StatusOK}
	mux := http.NewServeMux()
	l.Server = httptest.NewServer(mux)
	t.Cleanup(l.Close)
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v) // the asker may be gone
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": l.URL, "authorization_endpoint": l.URL + "/auth", "token_endpoint": l.URL + "/token", "jwks_uri": l.URL + "/keys",
			"userinfo_endpoint": l.URL + "/info", "end_session_endpoint": l.URL + "/leave", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: honest.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		l.verifier = r.PostFormValue("code_verifier")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(l.status)
		if l.status != http.StatusOK {
			answer(w, map[string]any{"error": "invalid_grant"})
			return
		}
		answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": l.token()})
	})
	mux.HandleFunc("/info", func(w http.ResponseWriter, _ *http.Request) { answer(w, l.info) })
	l.claims = map[string]any{"iss": l.URL, "sub": "s1", "aud": "realname", "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(),
		"email": "Anna@Example.com", "email_verified": true, "name": "Anna", "groups": []string{"staff"}}
	return l
}

func (l *liar) token() string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: l.header, Key: l.key}, (&jose.SignerOptions{}).WithHeader("kid", "k"))
	if err != nil {
		l.Fatal(err)
	}
	said := maps.Clone(l.claims)
	if _, ok := said["nonce"]; !ok {
		said["nonce"] = l.nonce
	}
	text, err := jwt.Signed(signer).Claims(said).Serialize()
	if err != nil {
		l.Fatal(err)
	}
	return text
}

func (l *liar) provider() *Provider {
	p, err := New(Config{Issuer: l.URL, ClientID: "realname", Secret: "s", Scopes: []string{"openid", "email"}, Callback: "https://realname.example/back", Claim: "groups",
		Grants: []Grant{{"staff", "acme", desk.Viewer}, {"leads", "acme", desk.Admin}, {"staff", "other", desk.Operator}}})
	if err != nil {
		l.Fatal(err)
	}
	return p
}

// comes is one sign-in.
func (l *liar) comes() (desk.Identity, error) {
	p := l.provider()
	address, secret, err := p.Ask(l.Context())
	if err != nil {
		l.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		l.Fatal(err)
	}
	l.nonce = u.Query().Get("nonce")
	return p.Vouch(l.Context(), secret, url.Values{"state": {u.Query().Get("state")}, "code": {"c"}})
}

func TestAQuestionHasStateNonceAndChallengeThatTellNothingOfEachOther(t *testing.T) {
	l := newLiar(t)
	address, secret, err := l.provider().Ask(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(address)
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("response_type") != "code" || q.Get("scope") != "openid email" {
		t.Errorf("the question is %s", u.RawQuery)
	}
	seen := []string{secret}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if v := q.Get(name); len(v) < 43 || slices.Contains(seen, v) {
			t.Errorf("%s is %q", name, v)
		}
		seen = append(seen, q.Get(name))
	}
	if strings.Contains(address, secret) || strings.Contains(address, derive(secret, "verifier")) {
		t.Error("the address holds what only the browser and we may know")
	}
}

func TestAnHonestAnswerNamesThePersonAndTheirPlaces(t *testing.T) {
	l := newLiar(t)
	l.claims["groups"] = []string{"leads", "staff", "unknown"}
	got, err := l.comes()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]desk.Role{"acme": desk.Admin, "other": desk.Operator}
	if got.Issuer != l.URL || got.Subject != "s1" || got.Email != "anna@example.com" || got.Name != "Anna" || !maps.Equal(got.Places, want) {
		t.Errorf("got %+v", got)
	}
	if len(l.verifier) < 43 {
		t.Errorf("the code was given with the verifier %q", l.verifier)
	}
}

// Every token that is not honestly for this question is refused.
func TestATokenThatIsNotForThisQuestionIsRefused(t *testing.T) {
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for rule, lie := range map[string]func(*liar){
		"signed by a stranger":      func(l *liar) { l.key = stranger },
		"signed with a secret":      func(l *liar) { l.header, l.key = jose.HS256, []byte(strings.Repeat("s", 32)) },
		"of another issuer":         func(l *liar) { l.claims["iss"] = "https://evil.example" },
		"for another program":       func(l *liar) { l.claims["aud"] = "another" },
		"for several, from another": func(l *liar) { l.claims["aud"] = []string{"realname", "another"}; l.claims["azp"] = "another" },
		"for several, from nobody":  func(l *liar) { l.claims["aud"] = []string{"realname", "another"} },
		"from another":              func(l *liar) { l.claims["azp"] = "another" },
		"expired":                   func(l *liar) { l.claims["exp"] = time.Now().Add(-time.Minute).Unix() },
		"not valid yet":             func(l *liar) { l.claims["nbf"] = time.Now().Add(time.Hour).Unix() },
		"an answer to another":      func(l *liar) { l.claims["nonce"] = "another" },
		"without a nonce":           func(l *liar) { l.claims["nonce"] = "" },
		"about nobody":              func(l *liar) { l.claims["sub"] = "" },
		"about one, told of another": func(l *liar) {
			delete(l.claims, "email")
			l.info = map[string]any{"sub": "s2", "email": "x@example.com"}
		},
		"a code of another": func(l *liar) { l.status = http.StatusBadRequest },
	} {
		l := newLiar(t)
		lie(l)
		if got, err := l.comes(); err == nil || got.Subject != "" {
			t.Errorf("%s: %+v, %v", rule, got, err)
		}
	}
}

func TestOnlyAVerifiedAddressCounts(t *testing.T) {
	for rule, c := range map[string]struct {
		said, info map[string]any
		want       string
	}{
		"verified":                      {map[string]any{"email": "a@b.cn", "email_verified": true}, nil, "a@b.cn"},
		"verified, as a text":           {map[string]any{"email": "a@b.cn", "email_verified": "true"}, nil, "a@b.cn"},
		"not verified":                  {map[string]any{"email": "a@b.cn", "email_verified": false}, nil, ""},
		"nothing said":                  {map[string]any{"email": "a@b.cn"}, nil, ""},
		"verified, as a number":         {map[string]any{"email": "a@b.cn", "email_verified": 1}, nil, ""},
		"told when asked":               {nil, map[string]any{"sub": "s1", "email": "a@b.cn", "email_verified": true}, "a@b.cn"},
		"the word is about another one": {map[string]any{"email": "a@b.cn", "groups": nil}, map[string]any{"sub": "s1", "email": "c@d.cn", "email_verified": true}, ""},
		"the token stands":              {map[string]any{"email": "a@b.cn", "email_verified": false, "groups": nil}, map[string]any{"sub": "s1", "email": "a@b.cn", "email_verified": true}, ""},
		"an address that is no text":    {map[string]any{"email": 7, "email_verified": true}, nil, ""},
	} {
		l := newLiar(t)
		delete(l.claims, "email")
		delete(l.claims, "email_verified")
		maps.Copy(l.claims, c.said)
		l.info = c.info
		got, err := l.comes()
		if err != nil || got.Email != c.want {
			t.Errorf("%s: %q, %v", rule, got.Email, err)
		}
	}
}

func TestRolesAreReadInEveryFormOfAClaim(t *testing.T) {
	for rule, c := range map[string]struct {
		path string
		said claims
		want []string
	}{
		"a list":             {"groups", claims{"groups": []any{"a", 7, "b"}}, []string{"a", "b"}},
		"one text":           {"groups", claims{"groups": "a"}, []string{"a"}},
		"in an object":       {"realm_access.roles", claims{"realm_access": map[string]any{"roles": []any{"a"}}}, []string{"a"}},
		"a name with dots":   {"https://id.example/roles", claims{"https://id.example/roles": []any{"a"}}, []string{"a"}},
		"names of an object": {"urn:roles", claims{"urn:roles": map[string]any{"a": map[string]any{}}}, []string{"a"}},
		"none":               {"groups", claims{}, nil},
		"no way there":       {"groups.more", claims{"groups": "a"}, nil},
	} {
		if got := list(c.said.at(c.path)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", rule, got)
		}
	}
}

func TestAnAnswerWithoutItsQuestionIsStale(t *testing.T) {
	l := newLiar(t)
	p := l.provider()
	_, secret, err := p.Ask(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state := derive(secret, "state")
	for rule, c := range map[string]struct {
		secret string
		answer url.Values
		want   error
	}{
		"no secret":               {"", url.Values{"state": {derive("", "state")}, "code": {"c"}}, desk.ErrStale},
		"another's state":         {secret, url.Values{"state": {derive("x", "state")}, "code": {"c"}}, desk.ErrStale},
		"no state":                {secret, url.Values{"code": {"c"}}, desk.ErrStale},
		"another provider":        {secret, url.Values{"state": {state}, "code": {"c"}, "iss": {"https://evil.example"}}, desk.ErrStale},
		"the person said no":      {secret, url.Values{"state": {state}, "error": {"access_denied"}}, desk.ErrRefused},
		"a refusal of a stranger": {secret, url.Values{"state": {"x"}, "error": {"access_denied"}}, desk.ErrStale},
	} {
		if _, err := p.Vouch(t.Context(), c.secret, c.answer); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", rule, err)
		}
	}
	l.status = http.StatusBadRequest
	if _, err := l.comes(); !errors.Is(err, desk.ErrStale) {
		t.Errorf("a code that was used: %v", err)
	}
}

func TestAProviderThatIsAwayIsAskedAgainLater(t *testing.T) {
	l := newLiar(t)
	p := l.provider()
	if p.Leave() != "" {
		t.Error("nobody asked it yet where one leaves")
	}
	p.failed, p.failure = time.Now(), errors.New("away")
	if _, _, err := p.Ask(t.Context()); err == nil {
		t.Error("it is asked again at once")
	}
	p.failed = time.Now().Add(-time.Minute)
	if _, _, err := p.Ask(t.Context()); err != nil {
		t.Error(err)
	}
	if want := l.URL + "/leave?client_id=realname"; p.Leave() != want {
		t.Errorf("one leaves at %q", p.Leave())
	}
}

func FuzzClaims(f *testing.F) {
	f.Add(`{"groups":["staff"],"email":"a@b.cn","email_verified":"true","name":"样本"}`, "groups")
	f.Add(`{"a":{"b":{"staff":{}}},"azp":7}`, "a.b")
	f.Add(`{"groups":[[[]]],"name":"\ud800"}`, "groups.x")
	f.Fuzz(func(t *testing.T, text, path string) {
		var c claims
		if json.Unmarshal([]byte(text), &c) != nil {
			return
		}
		p := &Provider{conf: Config{Claim: path, Grants: []Grant{{"staff", "acme", desk.Viewer}}}}
		id := p.identity("s", c)
		if len(id.Name) > desk.MaxName || len(id.Places) > 1 {
			t.Errorf("%q gives %+v", text, id)
		}
		if v := c["email_verified"]; id.Email != "" && v != true && v != "true" {
			t.Errorf("%q gives an address that nobody verified", text)
		}
	})
}
