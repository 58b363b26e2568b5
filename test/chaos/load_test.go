//go:build chaos

package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"realname/internal/demo"
	"realname/internal/review"
	"realname/internal/specimen"
)

// load is eight clients that send as registrars do: with an idempotency key, and
// again until they are told that it was accepted.
type load struct {
	w    *world
	http *http.Client
	full []byte // a picture that passes
	item demo.Item

	mu     sync.Mutex
	told   map[string]review.Kind // what must become of each attempt that was accepted
	sent   atomic.Int64
	odd    map[string]int // answers that no client should get
	worst  time.Duration  // the longest that one had to try
	resent atomic.Int64
	// killed: workers are killed from outside, whatever they review.
	killed bool
	parked int // for that, of those that should have been decided
}

func newLoad(w *world) *load {
	l := &load{w: w, told: map[string]review.Kind{}, odd: map[string]int{}, item: demo.Items(time.Now())[0],
		http: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	var err error
	if l.full, err = specimen.Draw(l.item.Specimen); err != nil {
		w.t.Fatal(err)
	}
	return l
}

// run sends until stopped is closed.
func (l *load) run(stopped <-chan struct{}, pace time.Duration) *sync.WaitGroup {
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			tick := time.NewTicker(pace)
			defer tick.Stop()
			for {
				select {
				case <-stopped:
					return
				case <-tick.C:
					l.next()
				}
			}
		})
	}
	return &clients
}

// fullEvery is how often a whole picture is sent; the others are files that no
// decoder takes, which is found at once and refuses the submission.
const fullEvery = 40

// next sends one more submission and remembers what must become of it.
func (l *load) next() {
	n := int(l.sent.Add(1))
	d, image, want := l.item.Declared, fmt.Appendf(nil, "no picture %d", n), review.Rejected
	if n%fullEvery == 0 {
		image, want = l.full, review.Approved
	} else {
		d.Number = specimen.NumberedCode(n)
	}
	d.Email = ""
	l.send(d, image, want)
}

// send returns the attempt once it is accepted.
func (l *load) send(d review.Declared, image []byte, want review.Kind) string {
	key := fmt.Sprintf("%x-%x", rand.Uint64(), rand.Uint64())
	body, kind := form(d, image)
	start := time.Now()
	for try := 0; ; try++ {
		id, wait := l.try(key, body, kind)
		if id != "" {
			l.mu.Lock()
			l.told[id], l.worst = want, max(l.worst, time.Since(start))
			l.mu.Unlock()
			return id
		}
		l.resent.Add(1)
		if time.Since(start) > 3*time.Minute {
			l.note("not accepted within 3 minutes")
			return ""
		}
		<-time.After(wait)
	}
}

func form(d review.Declared, image []byte) ([]byte, string) {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, _ := m.CreateFormField("submission") // writing to memory does not fail
	_ = json.NewEncoder(part).Encode(map[string]any{"subject_ref": "chaos.example", "declared": map[string]any{
		"holder_type": d.HolderType, "name": d.Name, "credential_type": d.CredentialType, "number": d.Number,
		"issue_date": d.IssueDate.String(), "expiry_date": "长期"}})
	file, _ := m.CreateFormFile("licence", "a.jpg")
	_, _ = file.Write(image)
	_ = m.Close()
	return body.Bytes(), m.FormDataContentType()
}

// try sends once. No id means that it must be sent again after the wait.
func (l *load) try(key string, body []byte, kind string) (string, time.Duration) {
	const soon = 200 * time.Millisecond
	req, err := http.NewRequest(http.MethodPost, l.w.stack.URL+"/v1/submissions", bytes.NewReader(body))
	if err != nil {
		l.note(err.Error())
		return "", soon
	}
	req.Header.Set("Authorization", "Bearer "+l.w.stack.Key)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Idempotency-Key", key)
	resp, err := l.http.Do(req)
	if err != nil {
		return "", soon // ingest is down
	}
	defer func() { _ = resp.Body.Close() }()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
	switch resp.StatusCode {
	case http.StatusAccepted:
		var a demo.Accepted
		if json.Unmarshal(answer, &a) == nil && a.AttemptID != "" {
			return a.AttemptID, 0
		}
		return "", soon // cut off
	case http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusInsufficientStorage:
		seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		if err != nil {
			l.note(fmt.Sprintf("%d without Retry-After", resp.StatusCode))
		}
		return "", min(time.Duration(seconds)*time.Second, time.Second)
	}
	l.note(fmt.Sprintf("%d %s", resp.StatusCode, answer))
	return "", soon
}

// reach waits until so many were sent, or it is enough.
func (l *load) reach(n int, enough func() bool) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for l.sent.Load() < int64(n) && !enough() {
		<-tick.C
	}
}

func (l *load) note(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.odd[what]++
}

// verify compares what clients were told with what is stored and delivered.
func (l *load) verify() {
	t := l.w.t
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for what, n := range l.odd {
		t.Errorf("%d times a client got: %s", n, what)
	}
	kinds := map[string]review.Kind{}
	for _, row := range l.w.column(`select a.id::text || ' ' || coalesce(o.kind, a.state) from attempts a left join outcomes o on o.attempt_id = a.id`) {
		kinds[row[:36]] = review.Kind(row[37:])
	}
	// Whoever is hit three times by the end of a worker looks as if it were the cause,
	// and goes to a person. Killed often enough, workers bring this about by chance.
	hit := map[string]bool{}
	for _, id := range l.w.column(`select id::text from attempts where state = 'parked' and crashes >= 3 and parked_cause like 'the review ended without a word%'`) {
		hit[id] = true
	}
	wrong, untold := 0, 0
	for id, want := range l.told {
		if l.killed && hit[id] && want != parked {
			l.parked++
			continue
		}
		if kinds[id] != want {
			if wrong++; wrong <= 3 {
				t.Errorf("attempt %s was accepted and is %q, want %s", id, kinds[id], want)
			}
		}
		select {
		case <-l.w.receiver.Ended(id):
		default:
			if want != parked {
				untold++
			}
		}
	}
	if l.parked > 0 && l.parked > l.w.ends() {
		t.Errorf("%d were parked, the worker ended %d times", l.parked, l.w.ends())
	}
	if wrong > 0 || untold > 0 || len(kinds) != len(l.told) {
		t.Errorf("%d outcomes are wrong, %d were not told; %d attempts are stored, %d were accepted", wrong, untold, len(kinds), len(l.told))
	}
}

// parked is the state of what a person has to look at.
const parked = review.Kind(review.Parked)
