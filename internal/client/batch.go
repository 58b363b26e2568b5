package client

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Archive is a batch's file to be sent.
type Archive struct {
	File io.ReaderAt
	Size int64
}

// sum is the SHA-256 of the whole, hex.
func (a Archive) sum() (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(a.File, 0, a.Size)); err != nil {
		return "", fmt.Errorf("read archive: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// partTries is how often one part is sent before the upload is given up; what
// was sent stays, so that the next run goes on there.
const partTries = 4

// SubmitBatch sends an archive in parts. Parts that the service has, from an
// upload that broke or from the same archive before, are not sent again. sent is
// told how many bytes are there.
func (c Client) SubmitBatch(ctx context.Context, profile string, a Archive, sent func(int64)) (b Batch, err error) {
	sum, err := a.sum()
	if err != nil {
		return b, err
	}
	var known struct {
		PartBytes int64 `json:"part_bytes"`
		Parts     []struct {
			Number int
			Size   int64
			SHA256 string
		}
	}
	if err := c.call(ctx, http.MethodGet, "/v1/archives/"+sum, nil, http.StatusOK, decode(&known)); err != nil {
		return b, err
	}
	have := map[int]string{}
	for _, p := range known.Parts {
		have[p.Number] = p.SHA256
	}
	for n := 0; int64(n)*known.PartBytes < a.Size; n++ {
		at := int64(n) * known.PartBytes
		part := make([]byte, min(known.PartBytes, a.Size-at))
		if _, err := a.File.ReadAt(part, at); err != nil {
			return b, fmt.Errorf("read archive: %w", err)
		}
		if digest := sha256.Sum256(part); have[n] != hex.EncodeToString(digest[:]) {
			if err := c.sendPart(ctx, fmt.Sprintf("/v1/archives/%s/parts/%d", sum, n), part); err != nil {
				return b, err
			}
		}
		sent(at + int64(len(part)))
	}
	q := url.Values{"archive": {sum}}
	if profile != "" {
		q.Set("profile", profile)
	}
	return b, c.call(ctx, http.MethodPost, "/v1/batches?"+q.Encode(), nil, http.StatusAccepted, decode(&b))
}

// sendPart sends one part, again when the connection breaks.
func (c Client) sendPart(ctx context.Context, path string, part []byte) (err error) {
	for try := range partTries {
		if err = c.call(ctx, http.MethodPut, path, part, http.StatusOK, func(io.Reader) error { return nil }); err == nil || !passing(err) {
			return err
		}
		if err := wait(ctx, time.Second<<try); err != nil {
			return err
		}
	}
	return err
}

// passing reports whether an error may be gone with the next try.
func passing(err error) bool {
	var p Problem
	return !errors.As(err, &p) || p.Status == http.StatusTooManyRequests || p.Status >= http.StatusInternalServerError
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// FollowBatch shows a batch at every change until it has ended. A connection
// that breaks is opened again.
func (c Client) FollowBatch(ctx context.Context, id string, pause time.Duration, show func(Batch)) (b Batch, err error) {
	for {
		err := c.call(ctx, http.MethodGet, "/v1/batches/"+url.PathEscape(id)+"/progress", nil, http.StatusOK, func(r io.Reader) error {
			return eachEvent(r, func(data []byte) error {
				b = Batch{}
				if err := json.Unmarshal(data, &b); err != nil {
					return err
				}
				show(b)
				return nil
			})
		})
		if b.Ended() {
			return b, nil
		}
		if err != nil && !passing(err) {
			return b, err
		}
		if err := wait(ctx, pause); err != nil {
			return b, err
		}
	}
}

// eachEvent yields the data of server-sent events.
func eachEvent(r io.Reader, yield func([]byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20) // a batch lists what is wrong with its archive
	for lines.Scan() {
		if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok {
			if err := yield(data); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

// call sends a request and reads its answer.
func (c Client) call(ctx context.Context, method, path string, body []byte, want int, read func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	return c.do(req, want, read)
}
