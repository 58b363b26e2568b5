package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"realname/internal/review"
)

// Client sends submissions as a registrar does.
type Client struct {
	URL, Key string
}

// Accepted is the answer to a submission.
type Accepted struct {
	ID        string `json:"id"`
	AttemptID string `json:"attempt_id"`
}

// Outcome is what a client sees of an attempt's end.
type Outcome struct {
	Kind    review.Kind `json:"kind"`
	Primary *struct {
		Code review.Reason `json:"code"`
	} `json:"primary_reason"`
	Findings []struct {
		Check    review.CheckID  `json:"check"`
		Detail   review.Detail   `json:"detail"`
		Severity review.Severity `json:"severity"`
		Reason   review.Reason   `json:"reason"`
	} `json:"findings"`
	EligibleAt time.Time `json:"eligible_at"`
}

// Attempt is what a client sees of an attempt.
type Attempt struct {
	ID          string       `json:"id"`
	State       review.State `json:"state"`
	Outcome     *Outcome     `json:"outcome"`
	ParkedCause string       `json:"parked_cause"`
}

// submission is the JSON part.
type submission struct {
	SubjectRef string         `json:"subject_ref"`
	ExternalID string         `json:"external_id,omitempty"`
	Declared   map[string]any `json:"declared"`
}

// Submit sends one attempt: a new submission, or the next of one that is there.
func (c Client) Submit(ctx context.Context, id, subject string, d review.Declared, role review.Role, extension string, image []byte) (Accepted, error) {
	var accepted Accepted
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, _ := m.CreateFormField("submission") // writing to memory does not fail
	if err := json.NewEncoder(part).Encode(submission{SubjectRef: subject, Declared: declaredJSON(d)}); err != nil {
		return accepted, fmt.Errorf("encode submission: %w", err)
	}
	file, _ := m.CreateFormFile(string(role), "specimen."+extension)
	_, _ = file.Write(image)
	_ = m.Close()
	path := "/v1/submissions"
	if id != "" {
		path += "/" + id + "/attempts"
	}
	err := c.do(ctx, http.MethodPost, path, m.FormDataContentType(), &body, http.StatusAccepted, &accepted)
	return accepted, err
}

// Attempt reads the newest attempt of a submission.
func (c Client) Attempt(ctx context.Context, id string) (Attempt, error) {
	var s struct {
		Attempts []Attempt `json:"attempts"`
	}
	if err := c.do(ctx, http.MethodGet, "/v1/submissions/"+id, "", nil, http.StatusOK, &s); err != nil {
		return Attempt{}, err
	}
	return s.Attempts[len(s.Attempts)-1], nil
}

func (c Client) do(ctx context.Context, method, path, kind string, body io.Reader, want int, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Key)
	req.Header.Set("Accept-Language", "en")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != want {
		answer, _ := io.ReadAll(io.LimitReader(resp.Body, 2048))
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}

// declaredJSON is what the API takes: dates as texts.
func declaredJSON(d review.Declared) map[string]any {
	m := map[string]any{"holder_type": d.HolderType, "name": d.Name, "credential_type": d.CredentialType, "number": d.Number,
		"email": d.Email, "language": d.Language}
	if d.HouseholdMove {
		m["household_move"] = true
	}
	if !d.IssueDate.IsZero() {
		m["issue_date"] = d.IssueDate.String()
	}
	switch {
	case d.LongTerm:
		m["expiry_date"] = "长期"
	case !d.ExpiryDate.IsZero():
		m["expiry_date"] = d.ExpiryDate.String()
	}
	return m
}

// Await returns when the API answers.
func (c Client) Await(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var ignored any
		err := c.do(ctx, http.MethodGet, "/v1/reasons", "", nil, http.StatusOK, &ignored)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the API: %w", err)
		case <-tick.C:
		}
	}
}
