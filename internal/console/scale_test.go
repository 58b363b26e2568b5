package console_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/desk"
	"realname/internal/postgres"
	"realname/internal/seed"
)

// filled is a house with so many made-up submissions.
func filled(h house, n int) {
	h.Helper()
	conn, err := pgx.ConnectConfig(h.Context(), h.pool.Config().ConnConfig)
	h.must(err)
	defer func() { _ = conn.Close(h.Context()) }()
	h.must(seed.Fill(h.Context(), conn, tenant, n, time.Now()))
	h.must(seed.Analyse(h.Context(), conn))
}

// everyPage are addresses of all pages for reading, with the filters that people use.
func everyPage(h house) []string {
	h.Helper()
	var one, attempt string
	h.must(h.pool.QueryRow(h.Context(), `select submission_id::text, attempt_id::text from standings s where tenant_id = $1 and standing = 'rejected' order by s.submission_id desc limit 1`, tenant).Scan(&one, &attempt))
	var batch string
	h.must(h.pool.QueryRow(h.Context(), `select batch_id::text from batch_items where submission_id = $1`, one).Scan(&batch))
	return []string{"/console/batches/" + batch, "/console/batches/" + batch + "?standing=rejected&reseller=reseller-3", "/console/batches/" + batch + "?standing=parked&after=5000", "/console/", "/console/submissions", "/console/submissions?standing=rejected", "/console/submissions?reason=material_unclear",
		"/console/submissions?standing=rejected&reason=material_unclear", "/console/submissions?due=48h", "/console/submissions?due=all&standing=rejected",
		"/console/submissions?mine=1", "/console/submissions?q=specimen-99", "/console/submissions?q=order-777", "/console/submissions?q=" + one,
		"/console/submissions/" + one, "/console/review", "/console/batches", "/console/actions", "/console/parked", "/console/deliveries",
		"/console/deliveries?state=exhausted", "/console/reasons", "/console/replays", "/console/keys", "/console/members"}
}

// large are the tables that grow with the submissions.
const large = `('submissions', 'attempts', 'documents', 'outcomes', 'findings', 'standings', 'deliveries', 'delivery_tries', 'audit', 'events', 'batch_items', 'action_items', 'decisions')`

// Postgres itself counts the scans that pages cause: none reads a large table from
// end to end, next pages and searches by number included.
func TestNoPageScansATable(t *testing.T) {
	h := newHouse(t)
	filled(h, 20_000)
	pool, err := pgxpool.New(t.Context(), h.pool.Config().ConnString())
	h.must(err)
	store := postgres.New(pool)
	h.pages.People, h.pages.Cases, h.pages.Desk, h.pages.Actions, h.pages.Work, h.pages.Keys = store, store, store, store, store, store
	v := h.member(tenant, "anna", desk.Admin)
	batch, _ := h.refusedBatch(bracket(), "one.cn", "two.cn")
	fix := location(v.post("/console/batches/"+batch+"/fix", "detail", "name_bracket", "reseller", "r1"))
	v.post("/console/filters", "name", "due", "filter", "due=48h")
	scans := func() (n int, tables string) {
		h.must(h.pool.QueryRow(t.Context(), `select coalesce(sum(seq_scan), 0), coalesce(string_agg(relname || ' ' || seq_scan, ', '), '') from pg_stat_user_tables where seq_scan > 0 and n_live_tup > 1000 and relname in `+large).Scan(&n, &tables))
		return n, tables
	}
	before, _ := scans()
	for _, path := range append(everyPage(h), "/console/batches/"+batch, fix) {
		a := v.get(path)
		a.is(t, http.StatusOK)
		if next, ok := between(a.body, `rel="next" href="`, `"`); ok {
			v.get(strings.ReplaceAll(next, "&amp;", "&")).is(t, http.StatusOK)
		}
	}
	v.post("/console/submissions", "number", "SPECIMEN77").has(t, "specimen-77.example")
	v.post("/console/batches/"+batch+"/fix/plan", "detail", "name_bracket", "reseller", "r1").is(t, http.StatusOK)
	v.post("/console/actions/plan", "filter", "standing=parked", "kind", "withdraw").is(t, http.StatusOK)
	to := location(v.post("/console/replays", "days", "90", "overrides", ""))
	for more := true; more; {
		more, err = h.pages.StepReplay(t.Context())
		h.must(err)
	}
	v.get(to).has(t, "Done")
	pool.Close() // a backend tells its figures when it ends
	for h.count(`select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`) > 1 {
	}
	if after, tables := scans(); after > before {
		t.Errorf("pages scanned whole tables %d times: %s", after-before, tables)
	}
}

// worked are the pages of what was done: a deed over many, a replay and a
// correction, with a saved filter above the lists.
func worked(v visitor) []string {
	v.Helper()
	v.post("/console/filters", "name", "due", "filter", "due=48h")
	action := location(v.post("/console/actions", "filter", "standing=manual_review&reason=", "kind", "assign", "assignee", v.userID("anna")))
	v.house.worked()
	replay := location(v.post("/console/replays", "days", "1", "overrides", ""))
	v.replayed()
	batch, _ := v.refusedBatch(bracket(), "one.cn", "two.cn")
	fix := location(v.post("/console/batches/"+batch+"/fix", "detail", "name_bracket", "reseller", "r1"))
	return []string{action, replay, fix, "/console/submissions?standing=rejected&mine=1"}
}

func between(s, from, to string) (string, bool) {
	_, rest, ok := strings.Cut(s, from)
	if !ok {
		return "", false
	}
	found, _, ok := strings.Cut(rest, to)
	return found, ok
}

var anID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// BenchmarkPages prints the 95th percentile of every page with a million
// submissions (REALNAME_SEED for another number): go test -run '^$' -bench Pages ./internal/console
func BenchmarkPages(b *testing.B) {
	n := 1_000_000
	if s := os.Getenv("REALNAME_SEED"); s != "" {
		n, _ = strconv.Atoi(s) // 0 fails below
	}
	h := newHouse(b)
	filled(h, n)
	v := h.member(tenant, "anna", desk.Admin)
	const asks = 40
	for _, path := range append(everyPage(h), worked(v)...) {
		name := anID.ReplaceAllString(path, "{id}")
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for range max(asks, b.N) {
				start := time.Now()
				if a := v.get(path); a.status != http.StatusOK {
					b.Fatal(a.status)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			p95 := took[len(took)*95/100]
			b.ReportMetric(float64(p95.Microseconds())/1000, "p95-ms")
			fmt.Printf("%-64s p95 %6.1f ms\n", name, float64(p95.Microseconds())/1000)
		})
	}
}
