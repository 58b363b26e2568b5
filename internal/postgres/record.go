package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/pipeline"
	"realname/internal/review"
)

// columns are decisions turned on their side for unnest.
type columns struct {
	ids, kinds, primaries, states, ruleSets []string
	epochs                                  []int64
	outcomes, facts                         [][]byte
	eligible                                []*time.Time
	// findings of all decisions
	ofAttempt, checks, details, reasons, severities, fields []string
	positions                                               []int32
}

func (c *columns) add(d pipeline.Decision) error {
	outcome, err := json.Marshal(d.Outcome)
	if err != nil {
		return fmt.Errorf("encode outcome: %w", err)
	}
	facts, err := json.Marshal(d.Facts)
	if err != nil {
		return fmt.Errorf("encode facts: %w", err)
	}
	state := review.Decided
	if d.Outcome.Kind == review.Deferred {
		state = review.Waiting
	}
	c.ids, c.epochs = append(c.ids, d.AttemptID), append(c.epochs, d.Epoch)
	c.kinds, c.primaries = append(c.kinds, string(d.Outcome.Kind)), append(c.primaries, string(d.Outcome.Primary))
	c.states = append(c.states, string(state))
	c.outcomes, c.facts = append(c.outcomes, outcome), append(c.facts, facts)
	c.eligible, c.ruleSets = append(c.eligible, orNull(d.Outcome.EligibleAt)), append(c.ruleSets, d.Outcome.RuleSet)
	for i, f := range d.Outcome.Findings {
		c.ofAttempt, c.positions = append(c.ofAttempt, d.AttemptID), append(c.positions, int32(i))
		c.checks, c.details = append(c.checks, string(f.Check)), append(c.details, string(f.Detail))
		c.reasons, c.severities = append(c.reasons, string(f.Reason)), append(c.severities, string(f.Severity))
		c.fields = append(c.fields, string(f.Field))
	}
	return nil
}

// recordAttempts moves the attempts that are still ours and returns them; all
// that follows joins on them, so that a late worker writes nothing at all. The
// deliveries are written by triggers on both tables.
const recordAttempts = `
	with input as (
		select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::timestamptz[], $9::text[])
			as i(id, epoch, kind, primary_reason, state, outcome, facts, eligible_at, rule_set)
	), moved as (
		update attempts a set state = i.state, worker = null, lease_until = null, crashes = 0, facts = i.facts,
			eligible_at = i.eligible_at,
			deferral = case when i.state = 'waiting' then i.outcome end,
			decided_at = case when i.state = 'decided' then now() end
		from input i where a.id = i.id and a.epoch = i.epoch and a.state = 'running'
		returning a.id, a.tenant_id, a.submission_id, i.kind, i.primary_reason, i.state, i.outcome, i.rule_set
	), written as (
		insert into outcomes (attempt_id, tenant_id, kind, primary_reason, outcome, rule_set)
		select id, tenant_id, kind, primary_reason, outcome, rule_set from moved where state = 'decided'
	)
	select id::text from moved`

const recordFindings = `
	insert into findings (attempt_id, position, tenant_id, check_id, detail, reason, severity, field)
	select a.id, f.position, a.tenant_id, f.check_id, f.detail, f.reason, f.severity, f.field
	from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
		as f(attempt_id, position, check_id, detail, reason, severity, field)
	join attempts a on a.id = f.attempt_id
	where a.id = any($8::uuid[]) and a.state = 'decided'`

// Record writes decisions: see pipeline.Store. One that cannot be written keeps
// none of the others from it.
func (s *Store) Record(ctx context.Context, decisions []pipeline.Decision) ([]error, error) {
	results, err := s.record(ctx, decisions)
	if len(decisions) < 2 || !ofOneRow(err) {
		return results, err
	}
	return halves(ctx, decisions, s.recordEach), nil
}

// recordEach is Record with every error at the decision that it is about.
func (s *Store) recordEach(ctx context.Context, decisions []pipeline.Decision) []error {
	results, err := s.Record(ctx, decisions)
	if err != nil {
		return slices.Repeat([]error{err}, len(decisions))
	}
	return results
}

func (s *Store) record(ctx context.Context, decisions []pipeline.Decision) ([]error, error) {
	var c columns
	for _, d := range decisions {
		if err := c.add(d); err != nil {
			return nil, err
		}
	}
	moved := map[string]bool{}
	err := s.work().inIndexedTx(ctx, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, recordAttempts, c.ids, c.epochs, c.kinds, c.primaries, c.states, c.outcomes, c.facts, c.eligible, c.ruleSets)
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("write outcomes: %w", err)
		}
		for _, id := range ids {
			moved[id] = true
		}
		if err := recordPictures(ctx, tx, decisions, moved); err != nil {
			return err
		}
		return finishRecord(ctx, tx, c, ids)
	})
	if err != nil {
		return nil, err
	}
	results := make([]error, len(decisions))
	for i, d := range decisions {
		if !moved[d.AttemptID] {
			results[i] = review.ErrFenced
		}
	}
	return results, nil
}

func finishRecord(ctx context.Context, tx pgx.Tx, c columns, ids []string) error {
	var batch pgx.Batch
	if len(c.ofAttempt) > 0 && len(ids) > 0 {
		batch.Queue(recordFindings, c.ofAttempt, c.positions, c.checks, c.details, c.reasons, c.severities, c.fields, ids)
	}
	batch.Queue(`select pg_notify('outbox', '')`)
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return nil
}
