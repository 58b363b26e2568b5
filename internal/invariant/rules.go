package invariant

// query finds the rows that break a rule: one text a row, the id of what is
// wrong and never a name or number of a person. $1 is the instant from which on
// rows are looked at.
type query struct {
	id, rule, sql string
	lasting       bool // it is broken only when a second look, settling later, finds the same rows
}

// queries are the rules that the database alone can answer. Those of one promise
// share its number.
var queries = []query{
	{id: "I1", rule: "a submission has an attempt", sql: `
		select s.id::text from submissions s where s.created_at >= $1 and not exists (select from attempts a where a.submission_id = s.id)`},
	{id: "I1", rule: "a decided attempt has its outcome", sql: `
		select a.id::text from attempts a where a.created_at >= $1 and a.state = 'decided' and not exists (select from outcomes o where o.attempt_id = a.id)`},
	{id: "I1", rule: "a parked attempt shows why", sql: `
		select id::text from attempts where created_at >= $1 and state = 'parked' and parked_cause = ''`},
	{id: "I2", rule: "an attempt has documents, each with its digest", sql: `
		select a.id::text from attempts a where a.created_at >= $1 and a.state <> 'withdrawn'
			and not exists (select from documents d where d.attempt_id = a.id and d.sha256 <> '' and d.blob_key <> '')
			and not exists (select from submissions s where s.id = a.submission_id and s.erased_at is not null)`},
	{id: "I3", rule: "an outcome belongs to a decided attempt", sql: `
		select o.attempt_id::text from outcomes o join attempts a on a.id = o.attempt_id where o.decided_at >= $1 and a.state <> 'decided'`},
	{id: "I3", rule: "a submission has one open attempt at most", sql: `
		select submission_id::text from attempts where state in ('queued', 'running', 'waiting', 'parked')
		group by submission_id having count(*) > 1 and max(created_at) >= $1`},
	{id: "I4", rule: "a rejection has a finding that the registrant can mend", sql: `
		select o.attempt_id::text from outcomes o where o.decided_at >= $1 and o.kind = 'rejected'
			and not exists (select from findings f where f.attempt_id = o.attempt_id and f.severity = 'fail')`},
	{id: "I4", rule: "an approval has no finding that fails", sql: `
		select o.attempt_id::text from outcomes o where o.decided_at >= $1 and o.kind = 'approved'
			and exists (select from findings f where f.attempt_id = o.attempt_id and f.severity = 'fail')`},
	{id: "I5", rule: "an outcome is told to every endpoint that wanted it", sql: `
		select o.attempt_id::text from outcomes o join endpoints e on e.tenant_id = o.tenant_id and endpoint_wants(e, 'attempt.decided') and e.enabled_at < o.decided_at - interval '1 second'
		where o.decided_at >= $1 and not exists (select from deliveries d where d.attempt_id = o.attempt_id and d.endpoint_id = e.id)`},
	{id: "I6", rule: "a delivery waits or has ended, and says when", sql: `
		select id::text from deliveries where created_at >= $1
			and ((state in ('due', 'held')) <> (finished_at is null) or state = 'delivered' and tries = 0 or state = 'digested' and digest_id is null)`},
	{id: "I6", rule: "what was delivered or given up has its tries on record", sql: `
		select d.id::text from deliveries d join endpoints e on e.id = d.endpoint_id and e.deleted_at is null
		where d.created_at >= $1 and d.state in ('delivered', 'exhausted') and not exists (select from delivery_tries t where t.delivery_id = d.id)
			and not exists (select from submissions s where s.id = d.submission_id and s.erased_at is not null)`},
	{id: "I7", rule: "an idempotency key leads to its own tenant's submission", sql: `
		select k.submission_id::text from idempotency_keys k join submissions s on s.id = k.submission_id
		where k.created_at >= $1 and k.tenant_id <> s.tenant_id`},
	{id: "I7", rule: "no row belongs to another tenant than what it is part of", sql: crossings},
	{id: "I8", rule: "no lease outlives the sweep", sql: `
		select id::text from attempts where state = 'running' and (lease_until is null or lease_until < now() - interval '2 minutes')
		union all select id::text from attempts where state <> 'running' and lease_until is not null
		union all select id::text from batches where state = 'reading' and (lease_until is null or lease_until < now() - interval '10 minutes')`},
	// One that waited long behind others has left the outbox a moment before a worker
	// takes it; the sweep rings again within settling for what nobody takes.
	{id: "I8", rule: "no queued attempt is forgotten", lasting: true, sql: `
		select a.id::text from attempts a where a.state = 'queued' and coalesce(a.retry_at, a.created_at) < now() - interval '2 minutes'
			and not exists (select from outbox o where o.ref = a.id)`},
	{id: "I8", rule: "no attempt that waits misses its time", sql: `
		select id::text from attempts where state = 'waiting' and (coalesce(eligible_at, ask_at) is null or coalesce(eligible_at, ask_at) < now() - interval '10 minutes')`},
	{id: "I9", rule: "attempts are numbered without a gap", sql: `
		select submission_id::text from attempts group by submission_id having max(number) <> count(*) and max(created_at) >= $1`},
	{id: "I9", rule: "an attempt begins only after the one before has ended", sql: `
		select a.id::text from attempts a join attempts n on n.submission_id = a.submission_id and n.number > a.number
		where a.created_at >= $1 and a.state not in ('decided', 'withdrawn')`},
	// The events are counted all at once: one look at them for each attempt would take
	// hours of a large house.
	{id: "I9", rule: "every attempt and its end were told as events, once", sql: `
		select a.id::text from attempts a left join (
			select attempt_id, count(*) filter (where kind = 'attempt.received') as came, count(*) filter (where kind = 'attempt.decided') as ended
			from events where at >= $1 and attempt_id is not null group by attempt_id) e on e.attempt_id = a.id
		where a.created_at >= $1 and (coalesce(e.came, 0) <> 1 or coalesce(e.ended, 0) <> (a.state = 'decided')::int)`},
	{id: "I10", rule: "the audit trail is whole", sql: `
		select id::text from (select a.id, a.at, a.hash <> audit_hash(a) as changed,
			a.previous <> coalesce(lag(a.hash) over (partition by a.tenant_id order by a.id), '') as torn from audit a) x
		where at >= $1 and (changed or torn)`},
	{id: "I11", rule: "no name, number or address of a person stands beside its own columns", sql: strayed},
	{id: "I11", rule: "nothing is kept longer than its tenant wants", sql: overdue},
	{id: "I12", rule: "nothing of an erased person is left", sql: remains},
	{id: "I12", rule: "every data key belongs to a document or an archive", sql: `
		select k.blob_key from blob_keys k where k.created_at >= $1 and k.created_at < now() - interval '25 hours'
			and not exists (select from documents d where d.blob_key = k.blob_key)
			and not exists (select from batches b where b.blob_key = k.blob_key)
			and not exists (select from archive_parts p where p.blob_key = k.blob_key)`},
	{id: "I12", rule: "an erasure is done within ten minutes", sql: `
		select id::text from erasures e where finished_at is null and asked_at < now() - interval '10 minutes'
			and exists (select from erasure_items i where i.erasure_id = e.id and i.state = 'waiting')`},
}

// crossings joins every child to its parent.
const crossings = `
	select a.id::text from attempts a join submissions s on s.id = a.submission_id where a.created_at >= $1 and a.tenant_id <> s.tenant_id
	union all select d.id::text from documents d join attempts a on a.id = d.attempt_id where a.created_at >= $1 and d.tenant_id <> a.tenant_id
	union all select o.attempt_id::text from outcomes o join attempts a on a.id = o.attempt_id where o.decided_at >= $1 and o.tenant_id <> a.tenant_id
	union all select f.attempt_id::text from findings f join attempts a on a.id = f.attempt_id where a.created_at >= $1 and f.tenant_id <> a.tenant_id
	union all select d.id::text from deliveries d join submissions s on s.id = d.submission_id join endpoints e on e.id = d.endpoint_id
		where d.created_at >= $1 and (d.tenant_id <> s.tenant_id or d.tenant_id <> e.tenant_id)
	union all select b.id::text from batches b join batch_items i on i.batch_id = b.id left join submissions s on s.id = i.submission_id
		where b.created_at >= $1 and (i.tenant_id <> b.tenant_id or i.tenant_id <> s.tenant_id)`
