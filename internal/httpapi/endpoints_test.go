package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"realname/internal/review"
)

// kept is a store of endpoints in memory.
type kept struct {
	of        map[string]review.Endpoint
	delivered []review.Delivery
	filter    review.DeliveryFilter
	replayed  []string
}

func (k *kept) CreateEndpoint(_ context.Context, actor string, e review.Endpoint) error {
	if actor == "" {
		return errors.New("nobody did it")
	}
	k.of[e.ID] = e
	return nil
}

func (k *kept) ChangeEndpoint(_ context.Context, tenant, _, id, _ string, change func(*review.Endpoint) error) (review.Endpoint, error) {
	e, err := k.Endpoint(context.Background(), tenant, id)
	if err == nil {
		err = change(&e)
	}
	if err == nil {
		k.of[id] = e
	}
	return e, err
}

func (k *kept) DeleteEndpoint(_ context.Context, tenant, _, id string) error {
	_, err := k.Endpoint(context.Background(), tenant, id)
	delete(k.of, id)
	return err
}

func (k *kept) Endpoint(_ context.Context, tenant, id string) (review.Endpoint, error) {
	e, ok := k.of[id]
	if !ok || e.Tenant != tenant {
		return review.Endpoint{}, review.ErrNotFound
	}
	return e, nil
}

func (k *kept) Endpoints(context.Context, string) (list []review.Endpoint, _ error) {
	for _, e := range k.of {
		list = append(list, e)
	}
	return list, nil
}

func (k *kept) TestEndpoint(_ context.Context, tenant, _, id string) (string, error) {
	_, err := k.Endpoint(context.Background(), tenant, id)
	return "delivery", err
}

func (k *kept) Deliveries(_ context.Context, _ string, f review.DeliveryFilter) ([]review.Delivery, error) {
	k.filter = f
	return k.delivered[:min(len(k.delivered), f.Limit)], nil
}

func (k *kept) Delivery(_ context.Context, _, id string) (review.Delivery, []review.DeliveryTry, error) {
	if id != "d1" {
		return review.Delivery{}, nil, review.ErrNotFound
	}
	return k.delivered[0], []review.DeliveryTry{{Number: 1, Status: 500, Took: time.Second, Answer: "oops"}}, nil
}

func (k *kept) ReplayDelivery(_ context.Context, _, _, id string) error {
	k.replayed = append(k.replayed, id)
	return nil
}

func (k *kept) ReplayDeliveries(_ context.Context, _, _ string, f review.DeliveryFilter) (int, error) {
	k.filter = f
	return 7, nil
}

type anyTarget struct{}

func (anyTarget) CheckTarget(_ review.EndpointKind, target string) error {
	if strings.Contains(target, "10.0.0.1") {
		return errors.New("the address is not public")
	}
	return nil
}
func (anyTarget) NewSecret() string { return "whsec_CANARY" + newID() }

func withEndpoints(t *testing.T) (*world, *kept) {
	w, k := newWorld(t), &kept{of: map[string]review.Endpoint{}}
	w.Endpoints, w.Channels = k, anyTarget{}
	return w, k
}

// send does a request with a JSON body and decodes the answer.
func (w *world) send(method, path, body string, into any) *httptest.ResponseRecorder {
	w.t.Helper()
	rec := w.do(method, path, "application/json", strings.NewReader(body), nil)
	if into != nil && rec.Code < 300 {
		if err := json.Unmarshal(rec.Body.Bytes(), into); err != nil {
			w.t.Fatal(err)
		}
	}
	return rec
}

func TestAnEndpointsSecretIsShownOnce(t *testing.T) {
	w, k := withEndpoints(t)
	var made endpointView
	if rec := w.send("POST", "/v1/endpoints", `{"kind":"webhook","target":"https://r.example/hook?token=CANARY"}`, &made); rec.Code != 201 {
		t.Fatal(rec.Code, rec.Body)
	}
	if !strings.HasPrefix(made.Secret, "whsec_") || len(made.Events) != len(review.EventKinds) || strings.Contains(made.Target, "CANARY") {
		t.Errorf("%+v", made)
	}
	for _, path := range []string{"/v1/endpoints", "/v1/endpoints/" + made.ID} {
		if rec := w.send("GET", path, "", nil); rec.Code != 200 || strings.Contains(rec.Body.String(), "CANARY") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	var rotated endpointView
	w.send("POST", "/v1/endpoints/"+made.ID+"/rotate", "", &rotated)
	e := k.of[made.ID]
	if rotated.Secret == made.Secret || e.OldSecret != made.Secret || len(e.Secrets(time.Now())) != 2 || len(e.Secrets(time.Now().Add(25*time.Hour))) != 1 {
		t.Errorf("rotated %+v, kept %+v", rotated, e)
	}
	if strings.Contains(w.log.String(), "CANARY") {
		t.Error("a secret is in the log")
	}
}

func TestEndpointsAreCheckedWhenTheyAreSaved(t *testing.T) {
	w, _ := withEndpoints(t)
	for rule, body := range map[string]string{
		"kind":                          `{"kind":"fax","target":"https://r.example"}`,
		"target":                        `{"kind":"webhook","target":"https://10.0.0.1/"}`,
		"event":                         `{"kind":"webhook","target":"https://r.example","events":["all"]}`,
		"at_once":                       `{"kind":"webhook","target":"https://r.example","at_once":0}`,
		"own secret":                    `{"kind":"webhook","target":"https://r.example","secret":"whsec_x"}`,
		"language":                      `{"kind":"webhook","target":"https://r.example","language":"fr"}`,
		"link":                          `{"kind":"email","resubmit_url":"javascript:alert(1)"}`,
		"digest to registrants":         `{"kind":"email","digest":"day"}`,
		"unknown field":                 `{"kind":"email","colour":"red"}`,
		"digest":                        `{"kind":"webhook","target":"https://r.example","digest":"hour"}`,
		"a name that is much too long ": `{"kind":"email","name":"` + strings.Repeat("x", 201) + `"}`,
	} {
		if rec := w.send("POST", "/v1/endpoints", body, nil); rec.Code != 422 && rec.Code != 400 {
			t.Errorf("%s: %d", rule, rec.Code)
		}
	}
}

func TestEachKindIsToldWhatIsUsual(t *testing.T) {
	w, _ := withEndpoints(t)
	for body, want := range map[string]int{
		`{"kind":"email"}`:                                                            4, // with what a person decided
		`{"kind":"email","target":"ops@r.example"}`:                                   len(review.EventKinds),
		`{"kind":"wecom","target":"https://q.example/send?key=CANARY"}`:               3,
		`{"kind":"webhook","target":"https://r.example","events":["batch.finished"]}`: 1,
	} {
		var made endpointView
		if w.send("POST", "/v1/endpoints", body, &made); len(made.Events) != want || strings.Contains(made.Target, "CANARY") || made.Kind != review.Webhook && made.Secret != "" {
			t.Errorf("%s: %+v", body, made)
		}
	}
}

func TestAnEndpointIsChangedDisabledTestedAndDeleted(t *testing.T) {
	w, k := withEndpoints(t)
	var made, changed endpointView
	w.send("POST", "/v1/endpoints", `{"kind":"webhook","target":"https://r.example/hook"}`, &made)
	w.send("PATCH", "/v1/endpoints/"+made.ID, `{"name":"ops","enabled":false}`, &changed)
	if changed.Name != "ops" || changed.Enabled || changed.DisabledCause != review.DisabledByOwner || changed.Target != made.Target || changed.Secret != "" {
		t.Errorf("%+v", changed)
	}
	if rec := w.send("PATCH", "/v1/endpoints/"+made.ID, `{"kind":"email"}`, nil); rec.Code != 422 {
		t.Errorf("the kind changed: %d", rec.Code)
	}
	if rec := w.send("POST", "/v1/endpoints/"+made.ID+"/test", "", nil); rec.Code != 202 || !strings.Contains(rec.Body.String(), "delivery_id") {
		t.Errorf("test: %d", rec.Code)
	}
	foreign := k.of[made.ID]
	foreign.ID, foreign.Tenant = newID(), "other"
	k.of[foreign.ID] = foreign
	for _, id := range []string{foreign.ID, newID()} {
		for _, c := range [][2]string{{"GET", ""}, {"PATCH", ""}, {"DELETE", ""}, {"POST", "/rotate"}, {"POST", "/test"}} {
			body := ""
			if c[0] == "PATCH" {
				body = "{}"
			}
			if rec := w.send(c[0], "/v1/endpoints/"+id+c[1], body, nil); rec.Code != 404 {
				t.Errorf("%s %s of another tenant: %d", c[0], c[1], rec.Code)
			}
		}
	}
	if rec := w.send("DELETE", "/v1/endpoints/"+made.ID, "", nil); rec.Code != 204 {
		t.Errorf("delete: %d", rec.Code)
	}
}

func TestDeliveriesAreListedShownAndReplayed(t *testing.T) {
	w, k := withEndpoints(t)
	k.delivered = []review.Delivery{{ID: "d1", Seq: 9, State: review.DeliveryExhausted, Endpoint: review.Endpoint{ID: "e", Secret: "CANARY", Target: "https://CANARY"}}}
	var page struct {
		Deliveries []deliveryView
		Next       string
	}
	rec := w.send("GET", "/v1/deliveries?state=exhausted&limit=1&after=12&since=2026-03-12T00:00:00Z", "", &page)
	if len(page.Deliveries) != 1 || page.Next != "9" || k.filter.After != 12 || k.filter.State != review.DeliveryExhausted || k.filter.Since.IsZero() || strings.Contains(rec.Body.String(), "CANARY") {
		t.Errorf("%+v with %+v", page, k.filter)
	}
	var one deliveryView
	if w.send("GET", "/v1/deliveries/d1", "", &one); len(one.Log) != 1 || one.Log[0].Milliseconds != 1000 || one.Log[0].Answer != "oops" {
		t.Errorf("%+v", one)
	}
	if rec := w.send("POST", "/v1/deliveries/d1/replay", "", nil); rec.Code != 202 || len(k.replayed) != 1 {
		t.Errorf("replay: %d", rec.Code)
	}
	if rec := w.send("POST", "/v1/deliveries/replay?state=exhausted&event=attempt.decided", "", nil); rec.Code != 202 || !strings.Contains(rec.Body.String(), "7") || k.filter.Event != "attempt.decided" {
		t.Errorf("replay all: %d %s", rec.Code, rec.Body)
	}
	for _, q := range []string{"state=lost", "limit=0", "limit=1001", "after=x", "since=yesterday"} {
		if rec := w.send("GET", "/v1/deliveries?"+q, "", nil); rec.Code != 422 {
			t.Errorf("%s: %d", q, rec.Code)
		}
	}
}
