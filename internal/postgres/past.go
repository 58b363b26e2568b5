package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"realname/internal/pipeline"
	"realname/internal/review"
)

// readPast adds to claims their documents and what earlier attempts of their
// submissions add, in one round trip for all.
func readPast(ctx context.Context, tx pgx.Tx, claims []*pipeline.Claim) error {
	if len(claims) == 0 {
		return nil
	}
	var batch pgx.Batch
	queueDocuments(&batch, claims)
	for _, c := range claims {
		if c.Attempt.Number == 1 {
			continue
		}
		queueEarlier(&batch, c)
		if c.Facts == nil {
			queueBefore(&batch, c)
		}
	}
	return tx.SendBatch(ctx, &batch).Close()
}

func queueDocuments(batch *pgx.Batch, claims []*pipeline.Claim) {
	of := map[string]*pipeline.Claim{}
	ids := make([]string, len(claims))
	for i, c := range claims {
		ids[i], of[c.Attempt.ID] = c.Attempt.ID, c
	}
	batch.Queue(`select attempt_id::text, id::text, role, extension, size, sha256, blob_key
		from documents where attempt_id = any($1::uuid[]) order by attempt_id, position`, ids).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToStructByName[documentRow])
		if err != nil {
			return fmt.Errorf("read documents: %w", err)
		}
		for _, d := range list {
			a := &of[d.AttemptID].Attempt
			a.Documents = append(a.Documents, d.document())
		}
		return nil
	})
}

// queueEarlier asks how earlier attempts ended.
func queueEarlier(batch *pgx.Batch, c *pipeline.Claim) {
	batch.Queue(`
		select a.number, coalesce(o.kind, '') as kind,
			coalesce((select array_agg(d.sha256) from documents d where d.attempt_id = a.id
				and exists (select from jsonb_array_elements(case jsonb_typeof(o.outcome->'findings') when 'array' then o.outcome->'findings' else '[]' end) f
					where f->>'severity' = 'fail' and f->>'check' ~ '^(FMT-|CLR-|CPL-0[123])' and coalesce(f->'evidence'->>'role', '') in ('', d.role))), '{}') as files
		from attempts a left join outcomes o on o.attempt_id = a.id
		where a.submission_id = $1 and a.number < $2 and a.state <> 'withdrawn' order by a.number desc`, c.Attempt.SubmissionID, c.Attempt.Number).Query(func(rows pgx.Rows) error {
		earlier, err := pgx.CollectRows(rows, pgx.RowToStructByName[earlierRow])
		if err != nil {
			return fmt.Errorf("read earlier attempts: %w", err)
		}
		c.History = withEarlier(c.History, earlier)
		return nil
	})
}

type earlierRow struct {
	Number int
	Kind   string
	Files  []string
}

// withEarlier adds earlier attempts, the newest first.
func withEarlier(h review.History, earlier []earlierRow) review.History {
	inRow := true
	for _, e := range earlier {
		if inRow = inRow && e.Kind == string(review.Rejected); inRow {
			h.FailedInRow++
		}
		if e.Kind == string(review.Rejected) {
			h.RefusedFiles = append(h.RefusedFiles, e.Files...)
		}
	}
	return h
}

// queueBefore asks what the last decided attempt showed.
func queueBefore(batch *pgx.Batch, c *pipeline.Claim) {
	batch.Queue(`select id::text, facts from attempts
		where submission_id = $1 and number < $2 and state = 'decided' and facts is not null order by number desc limit 1`,
		c.Attempt.SubmissionID, c.Attempt.Number).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pipeline.Before])
		if err != nil {
			return fmt.Errorf("read the attempt before: %w", err)
		}
		if len(list) > 0 {
			c.Before = &list[0]
		}
		return nil
	})
}
