package notify

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

// heard is what a chat program was sent.
type heard struct {
	query url.Values
	body  map[string]any
}

func chat(t *testing.T, status int, answer string) (*httptest.Server, chan heard) {
	t.Helper()
	got := make(chan heard, 8)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := heard{query: r.URL.Query()}
		if err := json.NewDecoder(r.Body).Decode(&h.body); err != nil {
			t.Error(err)
		}
		got <- h
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(s.Close)
	return s, got
}

func robotAt(kind review.EndpointKind, u string) review.Delivery {
	return review.Delivery{ID: "d", Event: review.EventBatch, Endpoint: review.Endpoint{Kind: kind, Target: u, Secret: "SECspecimen"}}
}

// The signatures are those of the chat programs' own examples: DingTalk signs
// timestamp and secret under the secret, Feishu nothing under both. The values were
// computed by their Python examples.
func TestRobotsAreSignedAndToldInTheirOwnForm(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_123)
	stamp := "1700000000123"
	for kind, check := range map[review.EndpointKind]func(h heard){
		review.WeCom: func(h heard) {
			if h.query.Get("key") != "k" || h.query.Has("sign") || h.body["msgtype"] != "markdown" {
				t.Errorf("WeCom %+v", h)
			}
		},
		review.DingTalk: func(h heard) {
			if h.query.Get("timestamp") != stamp || h.query.Get("sign") != "2+8mrZfRNKtFoB0QXzGCDNSAOdiDBFGlkzI2UyXt1TI=" || h.query.Get("key") != "k" {
				t.Errorf("DingTalk %+v", h)
			}
		},
		review.Feishu: func(h heard) {
			if h.body["timestamp"] != "1700000000" || h.body["sign"] != "BNGNZMvOnHrI65wPx9ocpyCqJF4rWkhgAKBwirElFjw=" || h.body["msg_type"] != "interactive" {
				t.Errorf("Feishu %+v", h)
			}
		},
	} {
		s, got := chat(t, 200, `{"errcode":0,"code":0}`)
		r := NewRobotSender(onPremise, func() time.Time { return at }).Send(t.Context(), robotAt(kind, s.URL+"/send?key=k"), everything(rules.Chinese)["batch"])
		if !r.Delivered {
			t.Errorf("%s: %+v", kind, r)
		}
		h := <-got
		check(h)
		if text, _ := json.Marshal(h.body); !strings.Contains(string(text), "1100") || !strings.Contains(string(text), "批次审核完毕") {
			t.Errorf("%s says %s", kind, text)
		}
	}
}

func TestAnswersOfChatPrograms(t *testing.T) {
	for _, c := range []struct {
		rule   string
		kind   review.EndpointKind
		status int
		answer string
		want   Result
	}{
		{"taken", review.WeCom, 200, `{"errcode":0}`, Result{Delivered: true}},
		{"too fast waits a minute and is not the endpoint's fault", review.WeCom, 200, `{"errcode":45009}`, Result{RetryAfter: time.Minute}},
		{"DingTalk lets who sends too fast rest for ten", review.DingTalk, 200, `{"errcode":130101}`, Result{RetryAfter: 10 * time.Minute}},
		{"its newer code for it", review.DingTalk, 200, `{"errcode":410100}`, Result{RetryAfter: 10 * time.Minute}},
		{"a busy server is nobody's fault", review.WeCom, 200, `{"errcode":-1}`, Result{RetryAfter: time.Minute}},
		{"a dissolved group is gone", review.DingTalk, 200, `{"errcode":400013}`, Result{Final: true, Gone: true, Blamed: true}},
		{"a token that nobody knows is gone", review.DingTalk, 200, `{"errcode":400101}`, Result{Final: true, Gone: true, Blamed: true}},
		{"an unknown token of Feishu too", review.Feishu, 200, `{"code":19001}`, Result{Final: true, Gone: true, Blamed: true}},
		{"a robot that is switched off may come back", review.DingTalk, 200, `{"errcode":400102}`, Result{Blamed: true}},
		{"so may WeCom's", review.WeCom, 200, `{"errcode":93004}`, Result{Blamed: true}},
		{"a text that is not taken is given up, the robot is not", review.DingTalk, 200, `{"errcode":430102}`, Result{Final: true}},
		{"429 too", review.Feishu, 429, `{}`, Result{RetryAfter: time.Minute}},
		{"a wrong signature is the endpoint's fault", review.Feishu, 200, `{"code":19021}`, Result{Blamed: true}},
		{"a removed robot is gone", review.WeCom, 200, `{"errcode":93000}`, Result{Final: true, Gone: true, Blamed: true}},
		{"an answer that is none of theirs", review.WeCom, 200, `<html>`, Result{Blamed: true}},
		{"an error of the server", review.DingTalk, 502, ``, Result{Blamed: true}},
	} {
		s, _ := chat(t, c.status, c.answer)
		got := NewRobotSender(onPremise, time.Now).Send(t.Context(), robotAt(c.kind, s.URL), everything(rules.English)["test"])
		if got.Delivered != c.want.Delivered || got.Final != c.want.Final || got.Gone != c.want.Gone || got.Blamed != c.want.Blamed || got.RetryAfter != c.want.RetryAfter {
			t.Errorf("%s: %+v, want %+v", c.rule, got, c.want)
		}
	}
}

// What a registrant wrote cannot mention people or break the form of a message.
func TestRobotsSayForeignTextPlainly(t *testing.T) {
	p := Page{Heading: "x", About: "@all [link](http://evil.example) **bold**\nline <at id=all></at>"}
	if text := p.markdown(); strings.ContainsAny(strings.TrimPrefix(text, "**x**"), "@[]<>*") {
		t.Errorf("says %q", text)
	}
	if s := cut(strings.Repeat("样", 2000), 4096); len(s) > 4096 || !strings.HasSuffix(s, "…") {
		t.Errorf("cut to %d bytes", len(s))
	}
}
