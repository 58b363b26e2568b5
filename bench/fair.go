package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"realname/internal/app"
	"realname/internal/auth"
	"realname/internal/client"
	"realname/internal/demo"
	"realname/internal/review"
)

const (
	singles    = 60  // submissions one by one
	smallBatch = 100 // rows
	underway   = 50  // of the large batch's rows decided before anything is measured
)

// fair measures what a large batch does to others on the same machine, with real
// stages: to a single submission of the same tenant, and to a small batch of another.
func fair(ctx context.Context, opt options) (string, error) {
	w, list, stop, err := startWhole(ctx, opt.images)
	if err != nil {
		return "", err
	}
	defer stop()
	second, err := w.tenant(ctx, "second")
	if err != nil {
		return "", err
	}
	b := bystanders{w, list, second}
	before, err := b.measure(ctx, "alone")
	if err != nil {
		return "", fmt.Errorf("with nothing else to do: %w", err)
	}
	if _, err := w.batch(ctx, w.client.Key, "large", list, opt.rows); err != nil {
		return "", fmt.Errorf("send the large batch: %w", err)
	}
	if err := w.decided(ctx, demo.Tenant, singles+underway); err != nil {
		return "", fmt.Errorf("wait for the large batch: %w", err)
	}
	beside, err := b.measure(ctx, "beside")
	if err != nil {
		return "", fmt.Errorf("beside the large batch: %w", err)
	}
	left, err := w.open(ctx, demo.Tenant)
	if err != nil {
		return "", err
	}
	return fairTable(opt, before, beside, left), nil
}

// bystanders are those who want something while the large batch runs.
type bystanders struct {
	whole  *whole
	list   []page
	second client.Client // of another tenant
}

// waits are how long they waited.
type waits struct {
	singles []time.Duration // ascending
	small   time.Duration
}

func (b bystanders) measure(ctx context.Context, when string) (waits, error) {
	var w waits
	for i := range singles {
		p := b.list[i%len(b.list)]
		start := time.Now()
		a, err := b.whole.client.Submit(ctx, "", fmt.Sprintf("single-%d.example", i), p.declared, review.Licence, "jpg", p.data)
		if err != nil {
			return w, fmt.Errorf("submit: %w", err)
		}
		if err := b.whole.outcome(ctx, a.AttemptID); err != nil {
			return w, err
		}
		w.singles = append(w.singles, time.Since(start))
	}
	slices.Sort(w.singles)
	fmt.Printf("single %v at the median, %v at 95 %%\n", w.at(.5), w.at(.95))
	start := time.Now()
	id, err := b.whole.batch(ctx, b.second.Key, when, b.list, smallBatch)
	if err != nil {
		return w, fmt.Errorf("send the small batch: %w", err)
	}
	done, err := b.second.FollowBatch(ctx, id, often, func(client.Batch) {})
	if n := done.Counts; err == nil && n.Approved+n.Rejected+n.Manual != smallBatch {
		err = fmt.Errorf("the small batch is %s with %+v: %+v", done.State, n, done.Faults)
	}
	if err != nil {
		return w, err
	}
	w.small = time.Since(start)
	fmt.Printf("small batch %v\n", w.small.Round(time.Millisecond))
	return w, nil
}

func (w waits) at(share float64) time.Duration {
	return w.singles[int(share*float64(len(w.singles)-1))].Round(time.Millisecond)
}

func fairTable(opt options, before, beside waits, left int) string {
	var b strings.Builder
	ratio := func(a, b time.Duration) float64 { return float64(a) / float64(b) }
	fmt.Fprintf(&b, "| | alone | beside a batch of %d | times |\n|---|---|---|---|\n", opt.rows)
	for _, s := range []struct {
		share float64
		name  string
	}{{.5, "a single submission, median"}, {.95, "a single submission, 95 %"}} {
		fmt.Fprintf(&b, "| %s of %d | %v | %v | %.1f |\n", s.name, singles, before.at(s.share), beside.at(s.share), ratio(beside.at(s.share), before.at(s.share)))
	}
	fmt.Fprintf(&b, "| another tenant's batch of %d | %v | %v | %.1f |\n", smallBatch, before.small.Round(time.Millisecond), beside.small.Round(time.Millisecond), ratio(beside.small, before.small))
	fmt.Fprintf(&b, "\nReal stages on %s pages; the single submissions are of the large batch's own tenant, from the request to the recorded outcome. %d of the large batch's rows were still to be done at the end.\n", material(opt), left)
	return b.String()
}

func material(opt options) string {
	if opt.images != "" {
		return "photographed"
	}
	return "drawn"
}

// tenant makes another tenant and returns its client.
func (w *whole) tenant(ctx context.Context, name string) (client.Client, error) {
	store, closeStore, err := app.Store(ctx, w.stack.Config)
	if err != nil {
		return client.Client{}, err
	}
	defer closeStore()
	if err := store.EnsureTenant(ctx, name, name); err != nil {
		return client.Client{}, err
	}
	key, text := auth.NewKey(name, auth.ScopeSubmit, auth.ScopeRead)
	return client.Client{URL: w.stack.URL, Key: text}, store.CreateAPIKey(ctx, key)
}

// batch sends a batch of n rows, which share the pages, and returns its id. The same
// archive would be the same batch: each has a name of its own.
func (w *whole) batch(ctx context.Context, key, name string, list []page, n int) (string, error) {
	archive, err := pack(name, list, n)
	if err != nil {
		return "", err
	}
	b, err := client.Client{URL: w.stack.URL, Key: key}.SubmitBatch(ctx, "", client.Archive{File: bytes.NewReader(archive), Size: int64(len(archive))}, func(int64) {})
	return b.ID, err
}

// pack writes an archive of n rows.
func pack(name string, list []page, n int) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	manifest, err := z.Create("manifest.jsonl")
	if err != nil {
		return nil, err
	}
	for i := range n {
		p := list[i%len(list)]
		row, err := json.Marshal(map[string]string{
			"external_id": fmt.Sprintf("%s-%d", name, i), "subject_ref": fmt.Sprintf("%s-%d.example", name, i), "holder_type": string(p.declared.HolderType),
			"holder_name": p.declared.Name, "credential_type": string(p.declared.CredentialType), "credential_no": p.declared.Number,
			"issue_date": p.declared.IssueDate.String(), "expiry_date": "长期", "file": filepath.Base(p.file),
		})
		if err != nil {
			return nil, err
		}
		_, _ = manifest.Write(append(row, '\n')) // writing to memory does not fail
	}
	for _, p := range list {
		f, err := z.CreateHeader(&zip.FileHeader{Name: filepath.Base(p.file), Method: zip.Store})
		if err != nil {
			return nil, err
		}
		_, _ = f.Write(p.data)
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// outcome waits until an attempt is decided.
func (w *whole) outcome(ctx context.Context, attempt string) error {
	return until(ctx, often/2, func() (done bool, err error) {
		err = w.pool.QueryRow(ctx, `select exists (select from outcomes where attempt_id = $1)`, attempt).Scan(&done)
		return done, err
	})
}

// decided waits until a tenant has so many decided attempts.
func (w *whole) decided(ctx context.Context, tenant string, n int) error {
	return until(ctx, 5*often, func() (bool, error) {
		var have int
		err := w.pool.QueryRow(ctx, `select count(*) from (select from attempts where tenant_id = $1 and state = 'decided' limit $2) x`, tenant, n).Scan(&have)
		return have >= n, err
	})
}

// open is how many of a tenant's attempts are not decided.
func (w *whole) open(ctx context.Context, tenant string) (n int, err error) {
	err = w.pool.QueryRow(ctx, `select count(*) from attempts where tenant_id = $1 and state <> 'decided'`, tenant).Scan(&n)
	return n, err
}
