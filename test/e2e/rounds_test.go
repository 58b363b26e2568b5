package e2e

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/client"
	"realname/internal/demo"
	"realname/internal/review"
)

// fifty is a batch of 50: 30 that pass, and 20 whose name or number was mistyped.
func fifty() []demo.Item {
	var items []demo.Item
	want := map[string]int{"right": 30, "brackets": 5, "space": 5, "slip": 10}
	for _, i := range demo.Generate(300, 7, time.Now()) {
		sort, _, _ := strings.Cut(i.Name, "-")
		if want[sort] > 0 {
			want[sort]--
			items = append(items, i)
		}
	}
	return items
}

// A batch of 50 of which 20 are refused; mended, 15 of them pass and 5 fail
// again; mended once more, all pass. The chain of the five tells what was cured
// and what remained, character by character.
func TestABatchInThreeRounds(t *testing.T) {
	s := &batchStory{t: t, r: startAll(t), tool: program("realname"), dir: t.TempDir()}
	items := fifty()
	var archive bytes.Buffer
	if err := demo.Pack(&archive, items); err != nil {
		t.Fatal(err)
	}
	out, _ := s.send(archive.Bytes())
	first := s.items(out)
	wantStates(t, "the first round", first, map[string]int{"approved": 30, "rejected": 20})

	right := map[string]review.Declared{}
	for _, i := range items {
		right[i.Name] = i.Specimen.Printed
	}
	again := 0
	out, _ = s.send(s.retyped(func(id string, cell map[string]*string) {
		*cell["holder_name"], *cell["credential_no"] = right[id].Name, right[id].Number
		if strings.HasPrefix(id, "slip") && again < 5 { // mended, and another slip made
			again++
			*cell["credential_no"] = right[id].Number[:17]
		}
	}))
	second := s.items(out)
	wantStates(t, "the second round", second, map[string]int{"approved": 15, "rejected": 5})

	out, code := s.send(s.retyped(func(id string, cell map[string]*string) { *cell["credential_no"] = right[id].Number }))
	if code != 0 {
		t.Errorf("the third round ends with %d:\n%s", code, out)
	}
	third := s.items(out)
	wantStates(t, "the third round", third, map[string]int{"approved": 5})
	for id, row := range third {
		s.chain(id, row.SubmissionID)
	}
}

func wantStates(t *testing.T, round string, rows map[string]batchRow, want map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, r := range rows {
		got[r.State]++
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", round, got, want)
	}
}

// retyped is errors.zip with cells of each row typed again; no picture is sent.
func (s *batchStory) retyped(edit func(id string, cell map[string]*string)) []byte {
	s.t.Helper()
	lines := s.errors()
	for _, line := range lines[1:] {
		cell := map[string]*string{}
		for i, name := range lines[0] {
			cell[name] = &line[i]
		}
		edit(*cell["external_id"], cell)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	manifest, _ := z.Create("manifest.csv")
	if err := csv.NewWriter(manifest).WriteAll(lines); err != nil {
		s.t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		s.t.Fatal(err)
	}
	return out.Bytes()
}

// chain asks that three attempts tell what was cured, what remained and where
// the number was changed, and that the picture is the one of the first.
func (s *batchStory) chain(id, submission string) {
	s.t.Helper()
	var b bytes.Buffer
	c := client.Client{URL: s.r.Stack.URL, Key: s.r.Stack.Key}
	if err := c.Fetch(s.t.Context(), "/v1/submissions/"+submission, &b); err != nil {
		s.t.Fatal(err)
	}
	type item struct{ Check, Detail string }
	var sub struct {
		Attempts []struct {
			State     string
			Documents []struct{ SHA256 string }
			Changes   struct {
				Fields []struct {
					Field       string
					Differences []struct {
						Class       string
						DeclaredPos int `json:"declared_pos"`
						ReadPos     int `json:"read_pos"`
						Declared    string
						Read        string
					}
				}
				Documents []string
				Findings  map[string][]item
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &sub); err != nil || len(sub.Attempts) != 3 {
		s.t.Fatalf("%s: %v, %d attempts", id, err, len(sub.Attempts))
	}
	two, three := sub.Attempts[1].Changes, sub.Attempts[2].Changes
	// Round two: "I" at 2 became "1", and the last character was lost.
	if f := two.Fields; len(f) != 1 || f[0].Field != "number" || len(f[0].Differences) != 2 ||
		f[0].Differences[0].Class != "similar_shape" || f[0].Differences[0].DeclaredPos != 2 || f[0].Differences[0].Read != "1" ||
		f[0].Differences[1].Class != "extra" || f[0].Differences[1].DeclaredPos != 18 {
		s.t.Errorf("%s: changes of round two %+v", id, f)
	}
	if cured, fresh := two.Findings["cured"], two.Findings["new"]; len(cured) == 0 || cured[0].Detail != "number_charset" || len(fresh) == 0 || fresh[0].Detail != "number_length" {
		s.t.Errorf("%s: round two cured %v, new %v", id, cured, fresh)
	}
	if remaining := two.Findings["remaining"]; len(remaining) == 0 || remaining[0].Detail != "number_differs" {
		s.t.Errorf("%s: round two left %v", id, remaining)
	}
	if f := three.Fields; len(f) != 1 || len(f[0].Differences) != 1 || f[0].Differences[0].Class != "missing" || f[0].Differences[0].ReadPos != 18 {
		s.t.Errorf("%s: changes of round three %+v", id, f)
	}
	if len(three.Findings["remaining"]) != 0 || len(three.Findings["cured"]) == 0 || len(three.Documents) != 0 {
		s.t.Errorf("%s: round three %+v", id, three)
	}
	if d := sub.Attempts[2].Documents; len(d) != 1 || d[0].SHA256 != sub.Attempts[0].Documents[0].SHA256 {
		s.t.Errorf("%s: the picture is not the one of the first attempt: %+v", id, d)
	}
}

// A batch whose ingest and worker are killed at ten random points ends complete,
// every row with one attempt and every attempt with one outcome.
func TestABatchThatIsKilledTenTimesEndsComplete(t *testing.T) {
	items := demo.Generate(60, 11, time.Now())
	var archive bytes.Buffer
	if err := demo.Pack(&archive, items); err != nil { // drawing takes longer than all else
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	r := startServers(t)
	services := []*process{startService(t, r.Stack, "ingest"), startService(t, r.Stack, "worker")}
	startService(t, r.Stack, "notifier")
	if err := r.Await(ctx); err != nil {
		t.Fatal(err)
	}
	c := client.Client{URL: r.Stack.URL, Key: r.Stack.Key}
	b, err := c.SubmitBatch(ctx, "", client.Archive{File: bytes.NewReader(archive.Bytes()), Size: int64(archive.Len())}, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	killAtTenPoints(ctx, t, r.Config.Postgres.URL, len(items), rand.New(rand.NewPCG(seed, 1)), services)
	b, err = c.FollowBatch(ctx, b.ID, 50*time.Millisecond, func(client.Batch) {})
	if err != nil {
		t.Fatal(err)
	}
	if n := b.Counts; n.Rows != len(items) || n.Approved != 12 || n.Rejected != 42 || n.Waiting != 6 || n.Open+n.Faulty+n.Manual+n.Withdrawn != 0 {
		t.Errorf("counts %+v", n)
	}
	checkStore(t, r)
	once(t, r.Config.Postgres.URL, len(items))
}

// killAtTenPoints kills one service or the other when the batch has come to each
// of ten random points: five while it is read, five while it is reviewed.
func killAtTenPoints(ctx context.Context, t *testing.T, url string, rows int, rng *rand.Rand, services []*process) {
	t.Helper()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for i := range 10 {
		sql, point := `select count(*) from batch_items`, rng.IntN(rows/5)+i*rows/5
		if i >= 5 {
			sql, point = `select count(*) from outcomes`, rng.IntN(rows/6)+(i-5)*rows/6
		}
		for n := -1; n < point && ctx.Err() == nil; {
			if err := conn.QueryRow(ctx, sql).Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		services[rng.IntN(2)].restart()
	}
}

// once asks that nothing was done twice.
func once(t *testing.T, url string, rows int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	for _, table := range []string{"batch_items", "submissions", "attempts", "documents"} {
		var n int
		if err := conn.QueryRow(t.Context(), `select count(*) from `+table).Scan(&n); err != nil || n != rows {
			t.Errorf("%s: %d rows, want %d (%v)", table, n, rows, err)
		}
	}
}

// A hostile archive is refused with what is wrong with it, and harms nobody.
func TestAHostileArchiveIsRefusedWithItsReason(t *testing.T) {
	s := &batchStory{t: t, r: startAll(t), tool: program("realname"), dir: t.TempDir()}
	for rule, c := range map[string]struct {
		archive []byte
		code    string
	}{
		"no ZIP":         {[]byte("this is a text"), "archive_broken"},
		"empty":          {nil, "is empty"},
		"no manifest":    {zipOf(t, "a.jpg"), "manifest_missing"},
		"path escapes":   {zipOf(t, "manifest.csv", "../../etc/passwd"), "member_name_unsafe"},
		"absolute path":  {zipOf(t, "manifest.csv", "/etc/passwd"), "member_name_unsafe"},
		"drive letter":   {zipOf(t, "manifest.csv", `C:\windows\x.jpg`), "member_name_unsafe"},
		"twins by case":  {zipOf(t, "manifest.csv", "A.jpg", "a.JPG"), "member_twice"},
		"archive within": {zipOf(t, "manifest.csv", "more.zip"), "archive_nested"},
	} {
		out, code := s.send(c.archive)
		if code == 0 || !strings.Contains(out, c.code) || strings.Contains(out, "panic") {
			t.Errorf("%s: exit %d, want %s:\n%s", rule, code, c.code, out)
		}
	}
	resp, err := http.Get(s.r.Stack.URL + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	if _ = resp.Body.Close(); resp.StatusCode != 200 {
		t.Errorf("ingest does not answer any more: %d", resp.StatusCode)
	}
}

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		f, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte("external_id,domain,holder_type,name,type,number,file\n1,a.example,企业,样本,YYZZ,1," + names[len(names)-1] + "\n"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
