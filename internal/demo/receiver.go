package demo

import (
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"
)

// Receiver is a registrar's webhook receiver: it tells which attempts have
// ended, and drops repeats by the webhook's id.
type Receiver struct {
	URL string
	srv *http.Server

	mu     sync.Mutex
	seen   map[string]bool
	waits  map[string]chan struct{} // by attempt
	Repeat int
	// OnNotice, when set before the first delivery, is called with the number of
	// notices so far.
	OnNotice func(n int)
}

// StartReceiver listens on a free loopback port.
func StartReceiver() (*Receiver, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Receiver{URL: "http://" + l.Addr().String(), seen: map[string]bool{}, waits: map[string]chan struct{}{}}
	r.srv = &http.Server{Handler: r, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = r.srv.Serve(l) }() // ends with Stop
	return r, nil
}

// Stop closes the receiver.
func (r *Receiver) Stop() { _ = r.srv.Close() }

// ServeHTTP takes one delivery.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var n struct {
		Data struct {
			AttemptID string `json:"attempt_id"`
		} `json:"data"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(&n); err != nil {
		http.Error(w, "not a notice", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if id := req.Header.Get("webhook-id"); r.seen[id] {
		r.Repeat++
	} else {
		r.seen[id] = true
		r.signal(n.Data.AttemptID)
		if r.OnNotice != nil {
			r.OnNotice(len(r.seen))
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// signal closes the attempt's channel once. The caller holds mu.
func (r *Receiver) signal(attempt string) {
	c := r.channel(attempt)
	select {
	case <-c:
	default:
		close(c)
	}
}

func (r *Receiver) channel(attempt string) chan struct{} {
	c, ok := r.waits[attempt]
	if !ok {
		c = make(chan struct{})
		r.waits[attempt] = c
	}
	return c
}

// Ended is closed when the attempt's outcome was told.
func (r *Receiver) Ended(attempt string) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.channel(attempt)
}
