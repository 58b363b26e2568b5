package httpapi

import (
	"context"
	"errors"
	"strings"
	"testing"

	"realname/internal/review"
)

type words map[string][2]string

func (k words) Letter(_ context.Context, _, l string) (string, string, error) {
	x, ok := k[l]
	if !ok {
		return "", "", review.ErrNotFound
	}
	return x[0], x[1], nil
}

func (k words) PutLetter(_ context.Context, _, _, l, subject, body string) (refused, err error) {
	if !strings.Contains(body, "{{.Deadline}}") {
		return errors.New("body: it must say the deadline"), nil
	}
	k[l] = [2]string{subject, body}
	return nil, nil
}

func (k words) DeleteLetter(_ context.Context, _, _, l string) error {
	if _, ok := k[l]; !ok {
		return review.ErrNotFound
	}
	delete(k, l)
	return nil
}

func TestLettersAreKeptOnceTheyPass(t *testing.T) {
	w, _ := withEndpoints(t)
	w.Letters = words{}
	for _, c := range []struct {
		method, language, body string
		want                   int
	}{
		{"GET", "en", "", 404},
		{"PUT", "en", `{"subject":"s","body":"hello"}`, 422},
		{"GET", "en", "", 404},
		{"PUT", "fr", `{"subject":"s","body":"{{.Deadline}}"}`, 422},
		{"PUT", "en", `{"subject":"s","body":"{{.Deadline}}"}`, 200},
		{"GET", "en", "", 200},
		{"DELETE", "en", "", 204},
		{"DELETE", "en", "", 404},
	} {
		if rec := w.send(c.method, "/v1/letters/"+c.language, c.body, nil); rec.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.language, rec.Code, c.want)
		}
	}
}
