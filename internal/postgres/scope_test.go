package postgres_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/testenv"
	"realname/migrations"
)

// withoutTenant are the tables that belong to nobody; each with its reason.
var withoutTenant = map[string]string{
	"tenants":          "a tenant's row is its id's; it has policies of its own",
	"users":            "a person may work for several tenants; only the desk's role reads more than names",
	"authority_usage":  "what a source was asked, for the whole house",
	"goose_db_version": "which migrations ran; no role may read it",
}

// Rule: a table with tenants is forced to keep them apart, in reading and in
// writing; one without is on the list above, with a reason.
func TestEveryTableKeepsTenantsApart(t *testing.T) {
	pool := testenv.Postgres(t)
	rows, _ := pool.Query(t.Context(), `
		select c.relname, c.relrowsecurity and c.relforcerowsecurity,
			exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'),
			exists (select from pg_policies p where p.tablename = c.relname and p.roles = '{realname_tenant}' and p.cmd = 'ALL'
				and p.qual like '%= current_tenant())' and p.with_check like '%= current_tenant())'),
			exists (select from pg_policies p where p.tablename = c.relname and p.roles && '{realname_tenant,public}' and p.policyname <> 'one_tenant')
		from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`)
	var name string
	var forced, has, policy, other bool
	_, err := pgx.ForEachRow(rows, []any{&name, &forced, &has, &policy, &other}, func() error {
		reason, listed := withoutTenant[name]
		switch {
		case !has && !listed:
			t.Errorf("table %s has no tenant_id: give it one, or say in withoutTenant why it belongs to nobody", name)
		case has && !(forced && policy):
			t.Errorf("table %s does not keep tenants apart: forced %v, policy %v", name, forced, policy)
		case other:
			t.Errorf("table %s has a second policy for realname_tenant, which would widen the first (%s)", name, reason)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Rule: the roles of the programs own nothing but what the operator's command loads
// of public registers, and are bound by row security.
func TestServingRolesOwnNothing(t *testing.T) {
	pool := testenv.Postgres(t)
	var n int
	err := pool.QueryRow(t.Context(), `select (select count(*) from pg_roles where rolname like 'realname\_%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb))
		+ (select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname like 'realname\_%' and c.relnamespace = 'public'::regnamespace)
		+ (select count(*) from pg_namespace n where has_schema_privilege('realname_admin', n.oid, 'create') and n.nspname = 'public')`).Scan(&n)
	if err != nil || n != 0 {
		t.Errorf("%d roles or tables are wrong (%v)", n, err)
	}
}

// Rule: no query passes the roles by.
func TestEveryQueryGoesThroughAScope(t *testing.T) {
	direct := regexp.MustCompile(`\bpool\.(Query|QueryRow|Exec|SendBatch|Begin|BeginTx|CopyFrom)\(`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if file != "scope.go" && !strings.HasSuffix(file, "_test.go") && direct.Match(data) {
			t.Errorf("%s asks the pool itself: use s.of(tenant), or s.work() where all tenants are meant", file)
		}
	}
}

// two are two tenants with a submission each, on a database that is used by the
// account of ingest.
type two struct {
	pool *pgxpool.Pool // of the owner
	*postgres.Store
	subs map[string]review.Submission
}

func newTwo(t *testing.T) two {
	t.Helper()
	address := testenv.Database(t)
	if err := migrations.EnsureAccounts(t.Context(), address, migrations.Accounts("specimen-1", "specimen-2")); err != nil {
		t.Fatal(err)
	}
	owner, err := postgres.Open(t.Context(), address, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(owner.Close)
	served, err := postgres.Open(t.Context(), as(t, address, "realname_ingest"), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(served.Close)
	w := two{owner, postgres.New(served), map[string]review.Submission{}}
	for _, tenant := range []string{"acme", "other"} {
		if err := postgres.New(owner).EnsureTenant(t.Context(), tenant, tenant); err != nil {
			t.Fatal(err)
		}
		id := uuid.Must(uuid.NewV7()).String()
		sub := review.Submission{ID: id, SubjectRef: tenant, Profile: "default", CreatedAt: time.Now(), Attempts: []review.Attempt{{
			ID: uuid.Must(uuid.NewV7()).String(), SubmissionID: id, Number: 1, CreatedAt: time.Now()}}}
		if w.subs[tenant], _, err = w.Submit(t.Context(), tenant, "key", [32]byte{}, sub); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// as is the address with another account.
func as(t *testing.T, address, account string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("user", account)
	u.RawQuery = q.Encode()
	return u.String()
}

// Rule: a statement that forgets to ask for its tenant still sees no other; one
// without a tenant sees nothing; the account of ingest cannot put on a role that
// sees all.
func TestAStatementWithoutItsTenantSeesNoOther(t *testing.T) {
	w := newTwo(t)
	conn, err := pgx.Connect(t.Context(), as(t, w.pool.Config().ConnString(), "realname_ingest"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	for _, table := range []string{"submissions", "attempts", "events", "outbox", "idempotency_keys", "tenants"} {
		for setting, want := range map[string]int{"acme": 1, "": 0, "' or true --": 0} {
			var n int
			err := ask(t.Context(), conn, setting, "select count(*) from "+table, &n)
			if err != nil || n != want {
				t.Errorf("%s as %q: %d rows, want %d (%v)", table, setting, n, want, err)
			}
		}
	}
	for how, sql := range map[string]string{
		"write another's row":       `insert into events (tenant_id, kind) values ('other', 'x') returning 1`,
		"give a row away":           `update submissions set tenant_id = 'other' returning 1`,
		"read keys of another role": `select count(*) from goose_db_version`,
		"change an audit row":       `update audit set actor = '' returning 1`,
		"make an API key":           `insert into api_keys (id, tenant_id, hash, scopes) values ('x', 'acme', '', '{}') returning 1`,
	} {
		var n int
		if err := ask(t.Context(), conn, "acme", sql, &n); err == nil {
			t.Errorf("%s: allowed", how)
		}
	}
	for _, role := range []string{"realname_work", "realname_admin"} {
		if _, err := conn.Exec(t.Context(), "set role "+role); err == nil {
			t.Errorf("ingest may put on %s", role)
		}
	}
	var n int
	if err := conn.QueryRow(t.Context(), "select count(*) from submissions").Scan(&n); err == nil {
		t.Error("without a role the account reads tables")
	}
}

func ask(ctx context.Context, conn *pgx.Conn, tenant, sql string, n *int) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config('role', 'realname_tenant', true), set_config('realname.tenant', $1, true)`, tenant); err != nil {
			return err
		}
		return tx.QueryRow(ctx, sql).Scan(n)
	})
}

// Rule: two tenants who share two connections never see each other's rows,
// however their requests are interleaved.
func TestInterleavedTenantsNeverCross(t *testing.T) {
	w := newTwo(t)
	tenants := []string{"acme", "other"}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 100 {
				tenant, stranger := tenants[(worker+i)%2], tenants[(worker+i+1)%2]
				if got, err := w.Submission(t.Context(), tenant, w.subs[tenant].ID); err != nil || got.SubjectRef != tenant {
					t.Errorf("%s: own submission: %v %v", tenant, got.SubjectRef, err)
				}
				if _, err := w.Submission(t.Context(), tenant, w.subs[stranger].ID); err == nil {
					t.Errorf("%s sees another's submission", tenant)
				}
				events, err := w.Events(t.Context(), tenant, "", 10)
				if err != nil || slices.ContainsFunc(events, func(e review.Event) bool { return e.SubmissionID != w.subs[tenant].ID }) {
					t.Errorf("%s: events %v %v", tenant, fmt.Sprint(len(events)), err)
				}
			}
		})
	}
	wg.Wait()
}
