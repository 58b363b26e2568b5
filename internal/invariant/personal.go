package invariant

// strayed finds what somebody declared in columns that must know nothing of it. Short
// names in Latin letters are words, too; they are not looked for.
const strayed = `
	with people as (
		select a.id, a.submission_id, v from attempts a,
			lateral (values (a.declared->>'number'), (a.declared->>'email'), (a.declared->>'name')) as x(v)
		where a.created_at >= $1 and (char_length(v) >= 8 or v ~ '^[\u4e00-\u9fff]{2,}')
	)
	select p.id::text from people p join deliveries d on d.attempt_id = p.id join delivery_tries t on t.delivery_id = d.id
		where position(p.v in t.answer || ' ' || t.error) > 0
	union all select p.id::text from people p join decisions d on d.attempt_id = p.id where position(p.v in d.note) > 0
	union all select p.id::text from people p join registry_verdicts r on r.attempt_id = p.id where position(p.v in r.words) > 0
	union all select p.id::text from people p join attempts a on a.id = p.id where position(p.v in a.parked_cause) > 0
	union all select p.id::text from people p join audit u on u.subject in (p.id, p.submission_id) where position(p.v in u.actor || u.detail::text) > 0
	union all select i.batch_id::text from batch_items i join batches b on b.id = i.batch_id
		where b.created_at >= $1 and char_length(i.cells->>'credential_no') >= 8 and position(i.cells->>'credential_no' in i.faults::text) > 0`

// overdue finds what a retention ended a day ago. A hold keeps it with right.
const overdue = `
	select s.submission_id::text from retentions r
	join standings s on s.tenant_id = r.tenant_id and s.standing = r.ending and s.standing in ('approved', 'rejected', 'asked', 'withdrawn') and not s.erased and s.changed_at < now() - make_interval(days => r.days + 1)
	join attempts a on a.id = s.attempt_id
	where (r.credential_type = a.declared->>'credential_type' or r.credential_type = '' and not exists (select from retentions x
			where x.tenant_id = r.tenant_id and x.ending = r.ending and x.credential_type = a.declared->>'credential_type'))
		and not exists (select from legal_holds h where h.submission_id = s.submission_id)
	union all
	select b.id::text from retentions r join batches b on b.tenant_id = r.tenant_id and b.created_at < now() - make_interval(days => r.days + 1)
	where r.ending = 'row_not_taken' and r.credential_type = '' and exists (select from batch_items i where i.batch_id = b.id and i.cells is not null)`

// remains finds what is left of a person whose erasure is done, whenever it was.
const remains = `
	with gone as (select submission_id as id from erasure_items where state = 'done' and submission_id is not null),
	tries as (select a.* from attempts a join gone on gone.id = a.submission_id)
	select a.id::text from tries a where a.declared ?| array['name', 'number', 'legal_person', 'email', 'issue_date', 'expiry_date'] or a.facts is not null
		or a.deferral is not null or a.number_hash <> '' or a.name_hash <> '' or a.state not in ('decided', 'withdrawn')
	union all select d.id::text from tries a join documents d on d.attempt_id = a.id
	union all select a.id::text from tries a join pictures p on p.attempt_id = a.id
	union all select a.id::text from tries a join deferrals d on d.attempt_id = a.id
	union all select a.id::text from tries a join outcomes o on o.attempt_id = a.id where o.outcome <> erased_outcome(o.outcome)
	union all select a.id::text from tries a join registry_verdicts r on r.attempt_id = a.id where r.words <> ''
	union all select d.id::text from decisions d join gone on gone.id = d.submission_id where d.note <> ''
	union all select gone.id::text from gone join reveals r on r.submission_id = gone.id
	union all select gone.id::text from gone join idempotency_keys k on k.submission_id = gone.id
	union all select gone.id::text from gone join submissions s on s.id = gone.id where s.subject_ref <> '' or s.external_id <> '' or s.erased_at is null
	union all select gone.id::text from gone join standings s on s.submission_id = gone.id where s.subject_ref <> '' or s.external_id <> '' or not s.erased
	union all select d.id::text from gone join deliveries d on d.submission_id = gone.id where d.state in ('due', 'held')
	union all select d.id::text from gone join deliveries d on d.submission_id = gone.id join delivery_tries t on t.delivery_id = d.id where t.answer || t.error <> ''
	union all select gone.id::text from gone join batch_items i on i.submission_id = gone.id where i.cells is not null or i.external_id <> ''
	union all select i.batch_id::text from erasure_items x join batch_items i on i.batch_id = x.batch_id and i.row = x.row
		where x.state = 'done' and x.batch_id is not null and i.cells is not null`
