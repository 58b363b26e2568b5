package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
)

// Lanes tells how a tenant's lanes are. It looks at the longest waiting of each
// standing alone, so that it costs no more in a long queue than in a short one.
func (s *Store) Lanes(ctx context.Context, tenant string) ([]desk.Lane, error) {
	lanes := map[desk.LaneName]desk.Lane{}
	for _, name := range desk.LaneNames {
		lanes[name] = desk.Lane{Name: name}
	}
	rows, _ := s.of(tenant).Query(ctx, `
		with open as (
			(select attempt_id from standings where tenant_id = $1 and standing = 'in_review' order by submission_id limit $2)
			union all (select attempt_id from standings where tenant_id = $1 and standing = 'waiting' order by submission_id limit $2))
		select case when a.lane = 'authority' then 'authority' when a.bulk then 'batch' else 'single' end,
			count(*) filter (where d.due is not null)::int, count(*) filter (where a.state = 'running')::int,
			count(*) filter (where a.errors + a.crashes > 0)::int, coalesce(extract(epoch from now() - min(d.due)), 0)::float8
		from open o join attempts a on a.id = o.attempt_id
			cross join lateral (select case when a.state = 'queued' and coalesce(a.retry_at, a.created_at) <= now() then coalesce(a.retry_at, a.created_at)
				when a.state = 'waiting' and a.ask_at <= now() then a.ask_at end as due) d
		where a.state in ('queued', 'running') or a.state = 'waiting' and a.lane = 'authority' group by 1
		union all
		select 'manual', count(*) filter (where not taken)::int, count(*) filter (where taken)::int, 0, coalesce(extract(epoch from now() - min(changed_at) filter (where not taken)), 0)::float8
		from (select changed_at, exists (select from claims c where c.attempt_id = s.attempt_id and c.until > now()) as taken
			from standings s where tenant_id = $1 and standing = 'manual_review' order by submission_id limit $2) x
		union all
		select 'notices', count(*)::int, count(*) filter (where lease_until > now())::int, count(*) filter (where tries > 0)::int, coalesce(extract(epoch from now() - min(next_at)), 0)::float8
		from (select next_at, lease_until, tries from deliveries where tenant_id = $1 and state = 'due' order by seq limit $2) x where next_at <= now()`,
		tenant, desk.HealthCounted) // the error comes with the loop
	var l desk.Lane
	var oldest float64
	_, err := pgx.ForEachRow(rows, []any{&l.Name, &l.Waiting, &l.Running, &l.Retried, &oldest}, func() error {
		l.Oldest = time.Duration(oldest * float64(time.Second))
		lanes[l.Name] = l
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look at lanes: %w", err)
	}
	var list []desk.Lane
	for _, name := range desk.LaneNames {
		list = append(list, lanes[name])
	}
	return list, nil
}

// EndpointHealth tells of each endpoint what is due to it, of the oldest notices.
func (s *Store) EndpointHealth(ctx context.Context, tenant string) ([]desk.EndpointHealth, error) {
	endpoints, err := s.Endpoints(ctx, tenant)
	if err != nil {
		return nil, err
	}
	rows, _ := s.of(tenant).Query(ctx, `select endpoint_id::text, count(*)::int, coalesce(extract(epoch from now() - min(created_at)), 0)::float8
		from (select endpoint_id, created_at from deliveries where tenant_id = $1 and state = 'due' order by seq limit $2) x group by 1`, tenant, desk.HealthCounted) // the error comes with the loop
	due := map[string]desk.EndpointHealth{}
	var id string
	var one desk.EndpointHealth
	var oldest float64
	_, err = pgx.ForEachRow(rows, []any{&id, &one.Due, &oldest}, func() error {
		one.Oldest = time.Duration(oldest * float64(time.Second))
		due[id] = one
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count notices by endpoint: %w", err)
	}
	list := make([]desk.EndpointHealth, len(endpoints))
	for i, e := range endpoints {
		list[i] = due[e.ID]
		list[i].Endpoint = e
	}
	return list, nil
}

// Pace tells how much was decided in the last hour and the last day, as far as it
// is counted.
func (s *Store) Pace(ctx context.Context, tenant string) (p desk.Pace, err error) {
	err = s.of(tenant).QueryRow(ctx, `select coalesce(sum(n) filter (where hour > now() - interval '1 hour'), 0)::int, coalesce(sum(n), 0)::int
		from tallies where tenant_id = $1 and hour > now() - interval '1 day'`, tenant).Scan(&p.Hour, &p.Day)
	if err != nil {
		return p, fmt.Errorf("read pace: %w", err)
	}
	return p, nil
}
