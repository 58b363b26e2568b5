package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxBody   = 1 << 20
	tolerance = 5 * time.Minute // of the clocks, and of a message that somebody plays again
	kept      = 4 * 24 * time.Hour
)

// Notice is what Realname sends; Data depends on Type, see /openapi.json.
type Notice struct {
	Type      string          `json:"type"`
	Timestamp time.Time       `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// Receiver takes notices, each once.
type Receiver struct {
	keys [][]byte
	tell func(Notice) error
	now  func() time.Time

	// seen are the ids of what was taken. A program that must not forget over a
	// restart keeps them in the table that it keeps its work in, with a unique key.
	mu   sync.Mutex
	seen map[string]time.Time
}

// NewReceiver takes the secrets that sign: one, or two while they are rotated.
func NewReceiver(secrets []string, tell func(Notice) error) (*Receiver, error) {
	r := &Receiver{tell: tell, now: time.Now, seen: map[string]time.Time{}}
	for _, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, "whsec_"))
		if err != nil {
			return nil, fmt.Errorf("a secret is not whsec_ and base64: %w", err)
		}
		r.keys = append(r.keys, key)
	}
	if len(r.keys) == 0 {
		return nil, errors.New("no secret is named")
	}
	return r, nil
}

// ServeHTTP answers 204 for what was taken, now or before; anything else makes the
// notice come again.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	if err != nil {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	id := req.Header.Get("webhook-id")
	if err := r.verify(id, req.Header.Get("webhook-timestamp"), req.Header.Get("webhook-signature"), body); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	if err := r.once(id, body); err != nil {
		http.Error(w, "later", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// verify checks the time and that one of the signatures is under one of the keys.
func (r *Receiver) verify(id, stamp, signatures string, body []byte) error {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || id == "" {
		return errors.New("headers are missing")
	}
	if age := r.now().Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return errors.New("the timestamp is too old or too new")
	}
	for _, key := range r.keys {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.", id, stamp)
		mac.Write(body)
		want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for s := range strings.FieldsSeq(signatures) {
			if hmac.Equal([]byte(s), []byte(want)) {
				return nil
			}
		}
	}
	return errors.New("no signature matches")
}

// once hands a notice on unless its id was taken before. The lock is held
// meanwhile, so that a repeat that comes at the same moment waits for the end.
func (r *Receiver) once(id string, body []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.seen[id]; ok {
		return nil
	}
	var n Notice
	if err := json.Unmarshal(body, &n); err != nil {
		return err
	}
	if err := r.tell(n); err != nil {
		return err
	}
	r.seen[id] = r.now()
	for old, at := range r.seen {
		if r.now().Sub(at) > kept { // longer than tries go on
			delete(r.seen, old)
		}
	}
	return nil
}
