package notify

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"realname/internal/netguard"
	"realname/internal/review"
)

// onPremise lets the tests' own receivers through.
var onPremise = netguard.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

// receiver is a webhook receiver as a registrar would write it, with the
// specification's own library.
type receiver struct {
	*httptest.Server
	bodies chan []byte
	errors chan error
}

func newReceiver(t *testing.T, secret string, answer http.HandlerFunc) *receiver {
	t.Helper()
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{bodies: make(chan []byte, 16), errors: make(chan error, 16)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.bodies <- body
		r.errors <- verifier.Verify(body, req.Header)
		answer(w, req)
	}))
	t.Cleanup(r.Close)
	return r
}

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func webhookTo(url, secret string) review.Delivery {
	return review.Delivery{
		ID: "0199aaaa-0000-7000-8000-000000000001", Event: "attempt.decided", Tries: 1,
		Endpoint: review.Endpoint{Kind: review.Webhook, Target: url, Secret: secret, Enabled: true},
	}
}

// rotated is a delivery whose endpoint was given a new secret an hour ago.
func rotated(d review.Delivery, old string) review.Delivery {
	d.Endpoint.OldSecret, d.Endpoint.OldSecretUntil = old, time.Now().Add(23*time.Hour)
	return d
}

func TestSignatureVerifiesWithTheReferenceLibrary(t *testing.T) {
	secret := NewSecret()
	r := newReceiver(t, secret, ok)
	got := NewWebhookSender(onPremise, time.Now).Send(t.Context(), webhookTo(r.URL, secret), Notice{Type: "attempt.decided"})
	if !got.Delivered || got.Status != http.StatusNoContent {
		t.Fatalf("result %+v", got)
	}
	if err := <-r.errors; err != nil {
		t.Fatalf("the reference library refuses our signature: %v", err)
	}
}

func TestBothSecretsVerifyDuringRotation(t *testing.T) {
	old, young := NewSecret(), NewSecret()
	for name, verifying := range map[string]string{"old": old, "new": young} {
		r := newReceiver(t, verifying, ok)
		NewWebhookSender(onPremise, time.Now).Send(t.Context(), rotated(webhookTo(r.URL, young), old), Notice{})
		if err := <-r.errors; err != nil {
			t.Errorf("%s secret: %v", name, err)
		}
	}
}

func TestAForeignSecretDoesNotVerify(t *testing.T) {
	r := newReceiver(t, NewSecret(), ok)
	NewWebhookSender(onPremise, time.Now).Send(t.Context(), webhookTo(r.URL, NewSecret()), Notice{})
	if <-r.errors == nil {
		t.Fatal("a signature under another secret was accepted")
	}
}

func TestSignatureMatchesTheReferenceForTheSameInput(t *testing.T) {
	secret, at, body := NewSecret(), time.Unix(1_700_000_000, 0), []byte(`{"a":1}`)
	reference, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	want, err := reference.Sign("msg_1", at, body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Sign("msg_1", at, body, secret)
	if err != nil || got != want {
		t.Fatalf("got %q (%v), reference %q", got, err, want)
	}
}

func TestAnswersOfAReceiver(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	cases := []struct {
		rule       string
		status     int
		retryAfter string
		want       Result
	}{
		{"2xx arrived", 200, "", Result{Delivered: true}},
		{"a redirect is a failure", 302, "", Result{}},
		{"410 ends it for good", 410, "", Result{Final: true, Gone: true}},
		{"429 is tried after the time asked for", 429, "120", Result{RetryAfter: 2 * time.Minute}},
		{"Retry-After may be a date", 503, "Mon, 23 Nov 2026 12:10:00 GMT", Result{RetryAfter: 10 * time.Minute}},
		{"a silly Retry-After is capped at a day", 503, "99999999", Result{RetryAfter: 24 * time.Hour}},
		{"500 is tried again", 500, "", Result{}},
		{"404 is tried again: deployments have gaps", 404, "", Result{}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			secret := NewSecret()
			r := newReceiver(t, secret, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", c.retryAfter)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.status)
			})
			got := NewWebhookSender(onPremise, func() time.Time { return now }).Send(t.Context(), webhookTo(r.URL, secret), Notice{})
			if got.Delivered != c.want.Delivered || got.Final != c.want.Final || got.Gone != c.want.Gone || got.RetryAfter != c.want.RetryAfter {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if got.Delivered == (got.Error != "") {
				t.Errorf("delivered %v with error %q", got.Delivered, got.Error)
			}
		})
	}
}

func TestALongAnswerIsCutAndAnUnreachableReceiverKeepsItsURLSecret(t *testing.T) {
	secret := NewSecret()
	r := newReceiver(t, secret, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(500)
		_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20))
	})
	sender := NewWebhookSender(onPremise, time.Now)
	if got := sender.Send(t.Context(), webhookTo(r.URL, secret), Notice{}); len(got.Answer) != 1024 {
		t.Errorf("kept %d bytes of the answer, want 1024", len(got.Answer))
	}
	r.Close()
	got := sender.Send(t.Context(), webhookTo(r.URL+"/token-in-path", secret), Notice{})
	if got.Error == "" || strings.Contains(got.Error, "token-in-path") {
		t.Errorf("error %q must say why without the URL", got.Error)
	}
}

func TestAProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	secret := NewSecret()
	r := newReceiver(t, secret, ok)
	if got := NewWebhookSender(onPremise, time.Now).Send(t.Context(), webhookTo(r.URL, secret), Notice{}); !got.Delivered {
		t.Fatalf("result %+v", got)
	}
}

func TestAReceiverInsideOurNetworkIsNotReached(t *testing.T) {
	secret := NewSecret()
	r := newReceiver(t, secret, ok)
	got := NewWebhookSender(netguard.Guard{}, time.Now).Send(t.Context(), webhookTo(r.URL, secret), Notice{})
	if got.Delivered || !strings.Contains(got.Error, "not public") {
		t.Errorf("%+v", got)
	}
	if len(r.bodies) != 0 {
		t.Error("the receiver was reached")
	}
}
