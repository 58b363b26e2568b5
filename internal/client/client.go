// Package client speaks to the HTTP API as a registrar's program does. It shows
// what the API answers and keeps nothing; the rules are the services'.
package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
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

// Fetch writes what an address answers.
func (c Client) Fetch(ctx context.Context, path string, w io.Writer) error {
	return c.call(ctx, http.MethodGet, path, nil, http.StatusOK, func(r io.Reader) error {
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

// Problem is what the API says is wrong with a request.
type Problem struct {
	Status                      int
	Code, Title, Detail, Remedy string
}

func (p Problem) Error() string {
	if p.Code == "" {
		return fmt.Sprintf("the API answers %d", p.Status)
	}
	return fmt.Sprintf("%s (%s): %s %s", p.Title, p.Code, p.Detail, p.Remedy)
}

func problemOf(resp *http.Response) error {
	var p Problem
	_ = json.NewDecoder(io.LimitReader(resp.Body, maxProblem)).Decode(&p) // what is no problem has no code
	p.Status = resp.StatusCode
	return p
}
