package devstack

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Authority is a stand-in for an issuing body: it answers by the test subjects of
// docs/testing.md, wants our certificate and a signature, and fails on request.
type Authority struct {
	URL string

	dir   string
	key   string
	srv   *http.Server
	mu    sync.Mutex
	fault Fault
	asked map[string]int // how often each number was asked for
	Now   func() time.Time
}

// Fault is how the stand-in fails, whoever asks.
type Fault string

// The faults.
const (
	FaultNone    Fault = "none"
	FaultDown    Fault = "down"    // 503
	FaultSlow    Fault = "slow"    // no answer while it lasts
	FaultBroken  Fault = "broken"  // something that is no answer
	FaultCut     Fault = "cut"     // the connection breaks
	FaultLimited Fault = "limited" // 429, ask again in an hour
)

var faults = map[Fault]bool{FaultNone: true, FaultDown: true, FaultSlow: true, FaultBroken: true, FaultCut: true, FaultLimited: true}

// StartAuthority listens on a free loopback port. The directory gets its
// certificates and Config, which tells a worker how to ask it.
func StartAuthority(dir string) (*Authority, error) {
	s := &Authority{dir: dir, key: rand.Text(), fault: FaultNone, asked: map[string]int{}, Now: time.Now}
	conf, err := s.certify()
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for questions: %w", err)
	}
	s.URL = "https://" + l.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/verify", s.single)
	mux.HandleFunc("POST /v1/verify/batch", s.batch)
	mux.HandleFunc("POST /faults/{fault}", s.setFault)
	s.srv = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, TLSConfig: conf, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = s.srv.Serve(tls.NewListener(l, conf)) }() // ends with Stop
	if err := s.writeConfig(); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Stop closes the server.
func (s *Authority) Stop() { _ = s.srv.Close() }

// Fail makes it fail until FaultNone.
func (s *Authority) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Asked is how often a number was asked for.
func (s *Authority) Asked(number string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[number]
}

func (s *Authority) setFault(w http.ResponseWriter, r *http.Request) {
	f := Fault(r.PathValue("fault"))
	if !faults[f] {
		http.Error(w, "no such fault", http.StatusNotFound)
		return
	}
	s.Fail(f)
	w.WriteHeader(http.StatusNoContent)
}

// verification is a question as it comes.
type verification struct {
	Name      string `json:"name"`
	Number    string `json:"number"`
	Kind      string `json:"kind"`
	Reference string `json:"reference"`
}

// verdict is an answer as it goes: the words of docs/testing.md.
type verdict struct {
	Code      string `json:"code"`
	Field     string `json:"field,omitempty"`
	Since     string `json:"since,omitempty"`
	Serial    string `json:"serial"`
	AskAgain  int    `json:"ask_again,omitempty"` // seconds
	Reference string `json:"reference"`
}

// maxQuestion bounds a request, in bytes.
const maxQuestion = 1 << 20

// signed returns the body of a request whose signature holds.
func (s *Authority) signed(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxQuestion))
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, []byte(s.key))
	mac.Write([]byte(r.Header.Get("X-Timestamp") + "\n"))
	mac.Write(body)
	if !hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(r.Header.Get("X-Signature"))) {
		return nil, errors.New("the signature does not hold")
	}
	return body, nil
}

func (s *Authority) single(w http.ResponseWriter, r *http.Request) {
	var q verification
	s.serve(w, r, &q, func() any { return s.judge(q) }, func() Fault { return s.faultFor(q.Number) })
}

func (s *Authority) batch(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Items []verification `json:"items"`
	}
	s.serve(w, r, &q, func() any {
		answers := make([]verdict, len(q.Items))
		for i, one := range q.Items {
			answers[i] = s.judge(one)
		}
		return map[string]any{"items": answers}
	}, func() Fault { return s.faultFor("") })
}

// serve reads a question, fails as was asked for, or answers.
func (s *Authority) serve(w http.ResponseWriter, r *http.Request, q any, answer func() any, fault func() Fault) {
	body, err := s.signed(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	if err := json.Unmarshal(body, q); err != nil {
		http.Error(w, "no question", http.StatusBadRequest)
		return
	}
	switch fault() {
	case FaultDown:
		http.Error(w, "down", http.StatusServiceUnavailable)
	case FaultLimited:
		w.Header().Set("Retry-After", "3600")
		http.Error(w, "too many", http.StatusTooManyRequests)
	case FaultBroken:
		_, _ = w.Write([]byte("<html>maintenance</html>"))
	case FaultCut:
		panic(http.ErrAbortHandler)
	case FaultSlow:
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // returning would send an empty answer
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"data": answer()})
	}
}

// faultFor is the fault of everything, else that of the number.
func (s *Authority) faultFor(number string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != FaultNone {
		return s.fault
	}
	if sub, ok := subjectOf(number); ok && sub.Fault != "" {
		return sub.Fault
	}
	return FaultNone
}

// judge answers one question: by the subject of its number, else it matches.
func (s *Authority) judge(q verification) verdict {
	s.mu.Lock()
	s.asked[q.Number]++
	n := s.asked[q.Number]
	s.mu.Unlock()
	v := verdict{Code: "match", Serial: rand.Text()[:12], Reference: q.Reference}
	sub, ok := subjectOf(q.Number)
	if !ok || n > sub.Times && sub.Times > 0 {
		return v
	}
	v.Code, v.Field, v.Since, v.AskAgain = sub.Code, sub.Field, sub.Since, sub.AskAgain
	return v
}
