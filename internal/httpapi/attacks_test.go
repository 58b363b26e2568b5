package httpapi_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/auth"
	"realname/internal/httpapi"
	"realname/internal/review"
)

// openRoutes are those that need no key, each with the reason.
var openRoutes = map[string]string{
	"GET /v1/reasons":   "the catalogue is public",
	"GET /openapi.json": "the description of the API is public",
}

// victim is a tenant with one of everything; attacker is another one.
type attack struct {
	*service
	ids      map[string]string // of the victim's things, by the first part of the path
	canaries []string          // what only the victim may see
	attacker string            // a key of another tenant with all scopes
	dead     map[string]string // keys that must not work, by what is wrong with them
	narrow   map[string]string // keys of the victim that have one scope alone
}

const canary = "victim-canary"

func newAttack(t *testing.T) *attack {
	t.Helper()
	s := newService(t)
	s.Endpoints, s.Channels = s.store, anyChannel{}
	a := &attack{service: s, ids: map[string]string{}, dead: map[string]string{}, narrow: map[string]string{}}
	s.must(s.store.EnsureTenant(t.Context(), "mallory", "Mallory"))
	a.attacker = a.key2("mallory", nil, auth.Scopes...)
	s.key = a.key2("acme", nil, auth.Scopes...)
	for _, scope := range auth.Scopes {
		a.narrow[scope] = a.key2("acme", nil, scope)
	}
	a.dead["expired"] = a.key2("acme", func(k *review.APIKey) { k.ExpiresAt = time.Now().Add(-time.Second) }, auth.Scopes...)
	revoked := a.key2("acme", nil, auth.Scopes...)
	s.must(s.store.RevokeAPIKey(t.Context(), "test", revoked[3:19]))
	a.dead["revoked"] = revoked
	a.dead["another's secret"] = s.key[:20] + a.attacker[20:]
	a.dead["never made"] = "rn_" + strings.Repeat("a", 16) + "_" + strings.Repeat("A", 52)
	a.dead["no key of ours"], a.dead["empty"] = "sk_live_1", ""
	a.makeThings()
	return a
}

// key2 keeps a key of a tenant, changed before.
func (a *attack) key2(tenant string, change func(*review.APIKey), scopes ...string) string {
	a.t.Helper()
	k, text := auth.NewKey(tenant, scopes...)
	if change != nil {
		change(&k)
	}
	a.must(a.store.CreateAPIKey(a.t.Context(), k))
	return text
}

type anyChannel struct{}

func (anyChannel) CheckTarget(review.EndpointKind, string) error { return nil }
func (anyChannel) NewSecret() string                             { return "whsec_specimen" }

func submission(subject string) (kind string, body []byte) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	f, _ := m.CreateFormField("submission")
	_, _ = io.WriteString(f, `{"subject_ref":"`+subject+`","external_id":"`+subject+`","declared":{"holder_type":"organisation","name":"样本市示例有限公司","credential_type":"YYZZ","number":"SPECIMEN"}}`)
	f, _ = m.CreateFormFile("licence", "a.jpg")
	_, _ = io.WriteString(f, "\xff\xd8\xff picture")
	_ = m.Close()
	return m.FormDataContentType(), b.Bytes()
}

// makeThings gives the victim one of everything that has an address.
func (a *attack) makeThings() {
	a.t.Helper()
	kind, body := submission(canary + ".example")
	a.ids["submissions"] = a.call("POST", "/v1/submissions", kind, body, 202)["id"].(string)
	a.ids["batches"] = a.call("POST", "/v1/batches", "application/zip", archive(2, canary), 202)["id"].(string)
	a.ids["archives"] = strings.Repeat("ab", 32)
	a.call("PUT", "/v1/archives/"+a.ids["archives"]+"/parts/0", "application/octet-stream", []byte(canary), 200)
	fix := review.Fix{ID: uuid.Must(uuid.NewV7()).String(), Tenant: "acme", BatchID: a.ids["batches"], Detail: canary, CreatedAt: time.Now()}
	a.must(a.store.CreateFix(a.t.Context(), "test", fix, nil))
	a.ids["fixes"] = fix.ID
	a.ids["endpoints"] = a.post("/v1/endpoints", `{"kind":"webhook","name":"`+canary+`","target":"https://`+canary+`.example/"}`, 201)["id"].(string)
	delivery, err := a.store.TestEndpoint(a.t.Context(), "acme", "test", a.ids["endpoints"])
	a.must(err)
	a.ids["deliveries"] = delivery
	a.canaries = []string{canary}
	for _, id := range a.ids {
		a.canaries = append(a.canaries, id)
	}
}

// path fills a pattern with a thing of the victim's, or with one that is not there.
func (a *attack) path(pattern string, missing bool) string {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		switch {
		case p == "{number}":
			parts[i] = "0"
		case p == "{language}":
			parts[i] = "en"
		case strings.HasPrefix(p, "{") && missing && p == "{sha256}":
			parts[i] = strings.Repeat("cd", 32)
		case strings.HasPrefix(p, "{") && missing:
			parts[i] = uuid.Must(uuid.NewV7()).String()
		case strings.HasPrefix(p, "{"):
			id, ok := a.ids[parts[2]]
			if !ok {
				a.t.Errorf("%s: the victim has no %s; give them one in makeThings", pattern, parts[2])
			}
			parts[i] = id
		}
	}
	return strings.Join(parts, "/")
}

// try sends one request, asks that the answer holds nothing of the victim's that
// the request did not hold, and returns its status and body.
func (a *attack) try(method, path, key string, header map[string]string) (int, string) {
	a.t.Helper()
	var body io.Reader
	kind := "application/json"
	switch {
	case strings.HasSuffix(path, "/attempts") || strings.HasSuffix(path, "/submissions") || strings.HasSuffix(path, "/prechecks"):
		var data []byte
		kind, data = submission("mallory.example")
		body = bytes.NewReader(data)
	case method == "POST" || method == "PATCH" || method == "PUT":
		body = strings.NewReader(`{}`)
	}
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, body)
	a.must(err)
	r.Header.Set("Content-Type", kind)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(r)
	a.must(err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	a.must(err)
	if key != a.key {
		a.silent(method+" "+path, string(data))
	}
	return resp.StatusCode, string(data)
}

// same compares answers without the ids, which differ from one to the next.
func same(a, b string) bool {
	return varying.ReplaceAllString(a, "-") == varying.ReplaceAllString(b, "-")
}

// varying are ids, which differ from one request to the next.
var varying = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}`)

// overrides are ways to say that one is somebody else.
var overrides = []map[string]string{
	{"X-Tenant": "acme"}, {"X-Tenant-Id": "acme", "Tenant": "acme"}, {"X-Forwarded-User": "acme", "X-Original-User": "acme"},
	{"Cookie": "session=acme; tenant=acme"}, {"X-HTTP-Method-Override": "GET"}, {"Idempotency-Key": "of-the-victim"},
}

// queries are cursors and filters of the victim's.
func (a *attack) queries() []string {
	list := []string{"?tenant=acme", "?tenant_id=acme", "?after=0-0", "?after=1", "?limit=1000000"}
	for _, id := range a.ids {
		list = append(list, "?after="+id, "?submission_id="+id+"&endpoint_id="+id)
	}
	return list
}

// Rule: whoever is not the tenant sees no difference between what is another's
// and what is not there, and changes nothing, at every route there is.
func TestNobodyReachesAnotherTenantsThings(t *testing.T) {
	a := newAttack(t)
	before := a.state()
	total := 0
	for _, row := range a.Table() {
		name := row.Method + " " + row.Pattern
		n := a.strangers(row)
		if reason := openRoutes[name]; row.Scope != "open" {
			n += a.keys(row)
		} else if reason == "" {
			t.Errorf("%s needs no key, and openRoutes does not say why", name)
		}
		if n < 10 {
			t.Errorf("%s: only %d attacks", name, n)
		}
		total += n
	}
	if after := a.state(); after != before {
		t.Errorf("the victim's things were changed:\n%s\nwere\n%s", after, before)
	}
	t.Logf("%d attacks", total)
}

// keys attacks a route of the victim's own things with keys that must not work.
func (a *attack) keys(row httpapi.TableRow) (n int) {
	a.t.Helper()
	name, path := row.Method+" "+row.Pattern, a.path(row.Pattern, false)
	for what, key := range a.dead {
		status, body := a.try(row.Method, path, key, nil)
		a.refused(name+" with a key that is "+what, status, 401, body)
		n++
	}
	for _, header := range []map[string]string{{"Authorization": a.key}, {"Authorization": "Basic " + a.key}, {"X-Api-Key": a.key}} {
		status, body := a.try(row.Method, path+"?key="+a.key+"&access_token="+a.key, "", header)
		a.refused(name+" with a key in the wrong place", status, 401, body)
		n++
	}
	for scope, key := range a.narrow {
		if scope == row.Scope {
			continue
		}
		status, body := a.try(row.Method, path, key, nil)
		a.refused(name+" with scope "+scope, status, 403, body)
		n++
	}
	return n
}

func (a *attack) refused(what string, status, want int, body string) {
	a.t.Helper()
	if status != want {
		a.t.Errorf("%s: %d, want %d: %s", what, status, want, body)
	}
}

// silent asks that an answer holds nothing of the victim's but what was asked for.
func (a *attack) silent(what, body string) {
	a.t.Helper()
	i := slices.IndexFunc(a.canaries, func(c string) bool { return strings.Contains(body, c) && !strings.Contains(what, c) })
	if i >= 0 {
		a.t.Errorf("%s: the answer holds %q: %.300s", what, a.canaries[i], body)
	}
}

// strangers attacks a route with another tenant's good key.
func (a *attack) strangers(row httpapi.TableRow) (n int) {
	a.t.Helper()
	name := row.Method + " " + row.Pattern
	compare := func(how, query string, header map[string]string) {
		wantStatus, wantBody := a.try(row.Method, a.path(row.Pattern, true)+query, a.attacker, header)
		status, body := a.try(row.Method, a.path(row.Pattern, false)+query, a.attacker, header)
		addressed := strings.Contains(row.Pattern, "{id}")
		if addressed && (status != wantStatus || !same(body, wantBody)) {
			a.t.Errorf("%s, %s: another's %d %s\nmissing %d %s", name, how, status, body, wantStatus, wantBody)
		}
		if addressed && status < 400 {
			a.t.Errorf("%s, %s: %d", name, how, status)
		}
		n++
	}
	compare("plain", "", nil)
	for _, o := range overrides {
		compare("override", "", o)
	}
	for _, q := range a.queries() {
		compare(q, q, nil)
	}
	if !strings.Contains(row.Pattern, "{id}") {
		return n
	}
	for _, guess := range []string{"00000000-0000-0000-0000-000000000000", "1", "%27%20or%20true--", "*", strings.ToUpper(a.path("/v1/"+strings.Split(row.Pattern, "/")[2]+"/{id}", false)[len("/v1/"+strings.Split(row.Pattern, "/")[2]+"/"):])} {
		status, body := a.try(row.Method, strings.Replace(row.Pattern, "{id}", guess, 1), a.attacker, nil)
		if status < 400 || status >= 500 {
			a.t.Errorf("%s, guess %s: %d %s", name, guess, status, body)
		}
		n++
	}
	return n
}

// state is the victim's things as the victim sees them.
func (a *attack) state() string {
	var all strings.Builder
	for _, path := range []string{"/v1/submissions/" + a.ids["submissions"], "/v1/batches/" + a.ids["batches"], "/v1/fixes/" + a.ids["fixes"],
		"/v1/endpoints", "/v1/deliveries", "/v1/archives/" + a.ids["archives"], "/v1/audit", "/v1/events"} {
		status, body := a.try("GET", path, a.key, nil)
		if status != 200 {
			a.t.Errorf("the victim's own %s: %d %s", path, status, body)
		}
		all.WriteString(body + "\n")
	}
	return all.String()
}
