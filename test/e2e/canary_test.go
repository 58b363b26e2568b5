package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/nats-io/nats.go"

	"realname/internal/app"
	"realname/internal/demo"
	"realname/internal/notify"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/specimen"
)

// witness keeps all that leaves the services, by where it was seen.
type witness struct {
	mu   sync.Mutex
	seen map[string]*bytes.Buffer
}

func (w *witness) note(where string, parts ...[]byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[where] == nil {
		w.seen[where] = &bytes.Buffer{}
	}
	for _, p := range parts {
		w.seen[where].Write(p)
		w.seen[where].WriteByte('\n')
	}
}

// at is a writer of one place.
func (w *witness) at(where string) io.Writer { return place{w, where} }

type place struct {
	w     *witness
	where string
}

func (p place) Write(b []byte) (int, error) { p.w.note(p.where, b); return len(b), nil }

// receive stands for webhooks and chat programs alike.
func (w *witness) receive(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	head := new(bytes.Buffer)
	_ = r.Header.Write(head)
	w.note("to "+strings.Trim(r.URL.Path, "/"), []byte(r.URL.String()), head.Bytes(), body)
	_, _ = rw.Write([]byte(`{"errcode":0,"code":0}`))
}

// watched is a stack with its three services, everything that leaves them seen.
type watched struct {
	*running
	*witness
	ops map[string]string // addresses of the services' metrics
}

func startWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{running: startServers(t), witness: &witness{seen: map[string]*bytes.Buffer{}}, ops: map[string]string{}}
	nc, err := nats.Connect(w.Config.NATS.URL)
	if err == nil {
		t.Cleanup(nc.Close)
		_, err = nc.Subscribe(">", func(m *nats.Msg) { w.note("NATS", []byte(m.Subject), m.Data, fmt.Append(nil, m.Header)) })
	}
	if err != nil {
		t.Fatal(err)
	}
	w.endpoints(t)
	for _, name := range []string{"ingest", "worker", "notifier"} {
		w.ops[name] = free(t)
		p := &process{t: t, name: name, log: w.at("the log of " + name),
			env: append(w.Environ(), "LOG_LEVEL=debug", "LOG_FORMAT=json", "OPS_LISTEN="+w.ops[name])}
		p.start()
		t.Cleanup(p.stop)
	}
	if err := w.Await(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// endpoints adds one of every kind beside the registrants' mail and the receiver.
func (w *watched) endpoints(t *testing.T) {
	t.Helper()
	receiver := httptest.NewServer(http.HandlerFunc(w.receive))
	t.Cleanup(receiver.Close)
	store, closeStore, err := app.Store(t.Context(), w.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	for _, kind := range []review.EndpointKind{review.Webhook, review.WeCom, review.DingTalk, review.Feishu, review.Email} {
		e := review.Endpoint{ID: uuid.Must(uuid.NewV7()).String(), Tenant: demo.Tenant, Kind: kind, Target: receiver.URL + "/" + string(kind),
			Secret: notify.NewSecret(), AtOnce: 16, Enabled: true, Events: []string{review.EventDecided, review.EventDeferred, review.EventManual}}
		if kind == review.Email {
			e.Target = "operations@registrar.example"
		}
		if err := store.PutEndpoint(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// person is somebody that a canary run is about: what is declared and what is printed,
// each in words of its own.
type person struct {
	declared review.Declared
	printed  specimen.Spec
	want     review.Kind
}

// persons are an organisation whose name, number and date are refused, an individual
// whose name and number are, one for a person's eyes, one that passes,
// and one whose name is told with what was read.
func persons() []person {
	rng := rand.New(rand.NewPCG(77, 7))
	date := review.Date{Year: 2020, Month: 5, Day: 6}
	company := func(name string) review.Declared {
		return review.Declared{HolderType: review.Organisation, Name: name, CredentialType: "YYZZ", Number: specimen.CreditCode(rng), IssueDate: date, LongTerm: true, Language: "zh-CN"}
	}
	human := func(name string) review.Declared {
		return review.Declared{HolderType: review.Individual, Name: name, CredentialType: "SFZ", Number: specimen.ResidentID(rng), IssueDate: date, LongTerm: true, Language: "en"}
	}
	side := func(d review.Declared, role review.Role, head string, faults ...specimen.Fault) specimen.Spec {
		return specimen.Spec{Type: d.CredentialType, Role: role, Printed: d, LegalPerson: head, Seed: 1, Faults: faults}
	}
	refused, printed := company("样本市鸿鹄麒麟示例科技有限公司"), company("样本市貔貅饕餮示例科技有限公司")
	printed.IssueDate = date.AddDays(30)
	other, card := human("样翡翠"), human("样珊瑚")
	eyes, passes := company("样本市琥珀蜻蜓示例科技有限公司"), company("样本市鹦鹉蝙蝠示例科技有限公司")
	wide, narrow := company("样本（市）凤凰麻雀示例科技有限公司"), company("")
	narrow.Name, narrow.Number = "样本(市)凤凰麻雀示例科技有限公司", wide.Number
	return []person{
		{wide, side(narrow, review.Licence, "样薄荷"), review.Rejected},
		{refused, side(printed, review.Licence, "样玳瑁"), review.Rejected},
		{other, side(card, review.PortraitSide, ""), review.Rejected},
		{eyes, side(eyes, review.Licence, "样茉莉", specimen.Mosaic), review.ManualReview},
		{passes, side(passes, review.Licence, "样芙蓉"), review.Approved},
	}
}

// canaries are the words that must not turn up.
func canaries(list []person) (names, numbers []string) {
	for _, p := range list {
		names = append(names, p.declared.Name, p.printed.Printed.Name)
		if p.printed.LegalPerson != "" {
			names = append(names, p.printed.LegalPerson)
		}
		numbers = append(numbers, p.declared.Number, p.printed.Printed.Number)
	}
	return names, numbers
}

// Rule: nothing that leaves the services says who anybody is: no message to a
// registrant, a registrar's program, operations or a chat, no log line, no metric and
// no payload of NATS holds a name or number that was declared or that a document
// prints, however it is written down.
func TestNothingThatLeavesTellsANameOrNumber(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	w, list := startWatched(t), persons()
	for i, p := range list {
		image, err := specimen.Draw(p.printed)
		if err != nil {
			t.Fatal(err)
		}
		p.declared.Email = fmt.Sprintf("registrant%d@holder.example", i)
		a, err := w.Submit(ctx, "", fmt.Sprintf("canary%d.example", i), p.declared, p.printed.Role, "jpg", image)
		if err != nil {
			t.Fatal(err)
		}
		got := w.decided(t, a)
		if got.Outcome == nil || got.Outcome.Kind != p.want {
			t.Errorf("person %d ended as %+v, want %s", i, got.Outcome, p.want)
		}
	}
	w.misuse(ctx, t, list)
	w.delivered(ctx, t)
	w.gather(t)
	w.search(t, list)
}

// misuse sends what is refused, with canaries where they are read last.
func (w *watched) misuse(ctx context.Context, t *testing.T, list []person) {
	t.Helper()
	d := list[0].declared
	body, _ := json.Marshal(map[string]any{"subject_ref": d.Name, "declared": map[string]any{"name": d.Name, "number": d.Number, d.Number: d.Name}})
	for _, path := range []string{"/v1/submissions", "/v1/prechecks", "/v1/batches", "/v1/submissions/" + d.Number, "/v1/endpoints?name=" + d.Number} {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Client.URL+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+w.Client.Key)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", d.Number)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
}

// delivered waits until nothing is to be sent any more.
func (w *watched) delivered(ctx context.Context, t *testing.T) {
	t.Helper()
	store, closeStore, err := app.Store(ctx, w.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		due, err := open(ctx, store)
		if err != nil {
			t.Fatal(err)
		}
		if due == 0 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d messages were not delivered", due)
		case <-tick.C:
		}
	}
}

func open(ctx context.Context, store *postgres.Store) (n int, err error) {
	for _, state := range []review.DeliveryState{review.DeliveryDue, review.DeliveryExhausted} {
		list, err := store.Deliveries(ctx, demo.Tenant, review.DeliveryFilter{State: state, Limit: 100})
		if err != nil {
			return 0, err
		}
		n += len(list)
	}
	return n, nil
}

// gather adds the mails and what the services tell operations.
func (w *watched) gather(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.Mails, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		w.note("mails", raw, readable(t, raw))
	}
	for name, address := range w.ops {
		for _, path := range []string{"/metrics", "/readyz", "/healthz"} {
			resp, err := http.Get("http://" + address + path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			w.note("operations of "+name, body)
		}
	}
}

// search looks for the canaries in all that was seen, and that enough was seen.
func (w *watched) search(t *testing.T, list []person) {
	t.Helper()
	names, numbers := canaries(list)
	spelled := spellings(names, numbers)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, where := range []string{"NATS", "mails", "to webhook", "to wecom", "to dingtalk", "to feishu", "the log of ingest", "the log of worker", "the log of notifier",
		"operations of ingest", "operations of worker", "operations of notifier"} {
		seen := w.seen[where]
		if seen == nil || seen.Len() < 100 {
			t.Errorf("nothing was seen of %s", where)
			continue
		}
		t.Logf("%s: %d bytes", where, seen.Len())
		for _, found := range spelled.in(seen.Bytes()) {
			t.Errorf("%s: %s", where, found)
		}
	}
}
