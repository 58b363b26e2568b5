package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"realname/internal/netguard"
	"realname/internal/remote"
	"realname/internal/review"
)

const (
	webhookTimeout = 15 * time.Second // the specification says 15 to 30 s
	answerKept     = 1 << 10          // bytes of the answer kept for the endpoint's owner
	longestWait    = 24 * time.Hour   // that a receiver may put a message off
	answerRead     = 64 << 10         // bytes read at most, so that the connection can be used again
)

// WebhookSender posts signed notices.
type WebhookSender struct {
	client *http.Client
	now    func() time.Time
}

// NewWebhookSender makes a sender that reaches only what the guard permits,
// follows no redirect (a 3xx is a failure) and ignores proxy settings of the
// environment.
func NewWebhookSender(guard netguard.Guard, now func() time.Time) *WebhookSender {
	return &WebhookSender{now: now, client: guardedClient(guard)}
}

func guardedClient(guard netguard.Guard) *http.Client {
	dialer := guarded(guard).Dialer(5 * time.Second)
	return &http.Client{
		Timeout: webhookTimeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second,
			MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Send posts the notice once.
func (s *WebhookSender) Send(ctx context.Context, d review.Delivery, n Notice) Result {
	body, err := json.Marshal(n)
	if err != nil {
		return Result{Try: Try{Error: "encode notice: " + err.Error()}, Final: true}
	}
	req, err := s.request(ctx, d, body)
	if err != nil {
		return Result{Try: Try{Error: err.Error()}, Final: true}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return Result{Try: Try{Error: "request failed: " + string(remote.CauseOf(err))}, Blamed: true}
	}
	defer func() { _ = resp.Body.Close() }()
	return s.judge(resp)
}

func (s *WebhookSender) request(ctx context.Context, d review.Delivery, body []byte) (*http.Request, error) {
	at := s.now()
	signature, err := Sign(d.ID, at, body, d.Endpoint.Secrets(at)...)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Endpoint.Target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: the endpoint's address is not a URL")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Realname-Webhook/1")
	req.Header.Set("webhook-id", d.ID)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("webhook-signature", signature)
	return req, nil
}

// judge maps an answer: 2xx arrived, 410 is gone for good, all else is tried
// again, after the time the receiver asks for.
func (s *WebhookSender) judge(resp *http.Response) Result {
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, answerRead)) // what came is kept, an error adds nothing
	r := Result{Try: Try{Status: resp.StatusCode, Answer: string(answer[:min(len(answer), answerKept)])}}
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		r.Delivered = true
	case resp.StatusCode == http.StatusGone:
		r.Final, r.Gone, r.Blamed = true, true, true
		r.Error = "the receiver answered 410 Gone"
	default:
		r.Blamed = true
		r.Error = "the receiver answered " + strconv.Itoa(resp.StatusCode)
		r.RetryAfter = remote.RetryAfter(resp.Header.Get("Retry-After"), s.now(), longestWait)
	}
	return r
}

// storable makes text of a stranger fit for the database.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
