package main

import (
	"errors"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	older  = "whsec_c3BlY2ltZW4gc3BlY2ltZW4gc3BlY2k="
)

func post(t *testing.T, r *Receiver, id, key string, at time.Time, body string) int {
	t.Helper()
	signer, err := standardwebhooks.NewWebhook(key)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign(id, at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("POST", "/", strings.NewReader(body))
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("webhook-signature", "v1,bm9uZQ== "+signature)
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, req)
	return rec.Code
}

func TestWhatIsTakenAndWhatIsNot(t *testing.T) {
	var told int
	r, err := NewReceiver([]string{secret, older}, func(n Notice) error {
		told++
		if n.Type == "broken" {
			return errors.New("our own work failed")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, c := range []struct {
		rule, id, key string
		at            time.Time
		body          string
		code, told    int
	}{
		{"a notice", "1", secret, now, `{"type":"attempt.decided"}`, 204, 1},
		{"a repeat is taken and not told again", "1", secret, now, `{"type":"attempt.decided"}`, 204, 0},
		{"the older secret during rotation", "2", older, now, `{"type":"attempt.decided"}`, 204, 1},
		{"a foreign secret", "3", "whsec_Zm9yZWlnbiBmb3JlaWduIGZvcmVpZ24=", now, `{}`, 401, 0},
		{"played again later", "4", secret, now.Add(-6 * time.Minute), `{}`, 401, 0},
		{"from the future", "5", secret, now.Add(6 * time.Minute), `{}`, 401, 0},
		{"what our own work failed on comes again", "6", secret, now, `{"type":"broken"}`, 503, 1},
		{"and is told again then", "6", secret, now, `{"type":"broken"}`, 503, 1},
	} {
		told = 0
		if code := post(t, r, c.id, c.key, c.at, c.body); code != c.code || told != c.told {
			t.Errorf("%s: %d, told %d; want %d, told %d", c.rule, code, told, c.code, c.told)
		}
	}
}

func TestAWrongSecretIsSaid(t *testing.T) {
	for _, secrets := range [][]string{nil, {"whsec_%"}} {
		if _, err := NewReceiver(secrets, nil); err == nil {
			t.Errorf("%v was taken", secrets)
		}
	}
}
