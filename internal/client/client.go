// Package client speaks to the HTTP API as a registrar's program does. It shows
// what the API answers and keeps nothing; the rules are the services'.
package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"realname/internal/review"
)

// Client calls the API with a key.
type Client struct {
	URL string // such as http://127.0.0.1:8080
	Key string
}

// Batch is a batch as the API shows it.
type Batch struct {
	ID     string             `json:"id"`
	State  string             `json:"state"`
	ETA    time.Time          `json:"eta"`
	Counts review.BatchCounts `json:"counts"`
	Faults []review.RowFault  `json:"faults"`
}

// Ended reports whether nothing more happens to the batch by itself, but for rows
// that wait for their day.
func (b Batch) Ended() bool {
	return b.State == "done" || b.State == "partial" || b.State == "refused" || b.State == "cancelled"
}

// SubmitBatch sends an archive of the given size.
func (c Client) SubmitBatch(ctx context.Context, profile string, archive io.Reader, size int64) (b Batch, err error) {
	path := "/v1/batches"
	if profile != "" {
		path += "?profile=" + url.QueryEscape(profile)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+path, archive)
	if err != nil {
		return b, fmt.Errorf("make request: %w", err)
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", "application/zip")
	return b, c.do(req, http.StatusAccepted, decode(&b))
}

// FollowBatch asks until the batch has ended, and shows each answer.
func (c Client) FollowBatch(ctx context.Context, id string, pause time.Duration, show func(Batch)) (b Batch, err error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/v1/batches/"+id, nil)
		if err != nil {
			return b, fmt.Errorf("make request: %w", err)
		}
		b = Batch{}
		if err := c.do(req, http.StatusOK, decode(&b)); err != nil {
			return b, err
		}
		show(b)
		if b.Ended() {
			return b, nil
		}
		select {
		case <-ctx.Done():
			return b, context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// Fetch writes what an address answers.
func (c Client) Fetch(ctx context.Context, path string, w io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+path, nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	return c.do(req, http.StatusOK, func(r io.Reader) error {
		_, err := io.Copy(w, r)
		return err
	})
}

func decode(into any) func(io.Reader) error {
	return func(r io.Reader) error { return json.NewDecoder(r).Decode(into) }
}

func (c Client) do(req *http.Request, want int, read func(io.Reader) error) error {
	req.Header.Set("Authorization", "Bearer "+c.Key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("reach the API: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != want {
		return problemOf(resp)
	}
	if err := read(resp.Body); err != nil {
		return fmt.Errorf("read the API's answer: %w", err)
	}
	return nil
}

// maxProblem bounds what is read of an answer that is no success.
const maxProblem = 64 << 10

func problemOf(resp *http.Response) error {
	var p struct{ Code, Title, Detail, Remedy string }
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxProblem)).Decode(&p); err != nil || p.Code == "" {
		return fmt.Errorf("the API answers %s", resp.Status)
	}
	return fmt.Errorf("%s (%s): %s %s", p.Title, p.Code, p.Detail, p.Remedy)
}
