package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

// bracket is a rejection for a kind of bracket, which proves the right name.
func bracket() review.Outcome {
	return review.Outcome{Kind: review.Rejected, Primary: review.RegistrantInfoMismatch, Reasons: []review.Reason{review.RegistrantInfoMismatch}, RuleSet: "r1",
		Findings: []review.Finding{{Check: "NAM-02", Detail: "name_bracket", Reason: review.RegistrantInfoMismatch, Severity: review.Fail, Field: review.FieldName,
			Declared: "样本（市）科技有限公司", Read: "样本(市)科技有限公司", Fix: "样本(市)科技有限公司"}}}
}

// refusedBatch is a batch whose rows come from one reseller and were refused alike.
func (h house) refusedBatch(o review.Outcome, subjects ...string) (id string, subs []review.Submission) {
	h.Helper()
	b := review.Batch{ID: newID(), Tenant: tenant, Profile: "default", SHA256: newID(), Size: 2048, CreatedAt: time.Now()}
	_, _, err := h.store.CreateBatch(h.Context(), b)
	h.must(err)
	for i, subject := range subjects {
		sub := h.reviewed(subject, o, func(s *review.Submission) { s.Attempts[0].Declared.Name = o.Findings[0].Declared })
		_, err := h.pool.Exec(h.Context(), `insert into batch_items (batch_id, row, tenant_id, reseller, submission_id, attempt_id) values ($1, $2, $3, 'r1', $4, $5)`,
			b.ID, i+2, tenant, sub.ID, sub.Attempts[0].ID)
		h.must(err)
		subs = append(subs, sub)
	}
	_, err = h.pool.Exec(h.Context(), `update batches set state = 'read', read_at = now() where id = $1`, b.ID)
	h.must(err)
	return b.ID, subs
}

func TestACorrectionIsLookedAtThenAppliedThenUndone(t *testing.T) {
	h := newHouse(t)
	id, subs := h.refusedBatch(bracket(), "one.cn", "two.cn", "gone.cn")
	_, err := h.store.Resubmit(t.Context(), tenant, subs[2].ID, review.Attempt{ID: newID(), CreatedAt: time.Now(), Declared: subs[2].Attempts[0].Declared})
	h.must(err)
	v := h.member(tenant, "olga", desk.Operator)
	v.get("/console/batches/"+id).has(t, "Look at the correction", `value="name_bracket"`, `value="r1"`)

	form := []string{"detail", "name_bracket", "reseller", "r1"}
	a := v.post("/console/batches/"+id+"/fix/plan", form...)
	a.has(t, `id="count">2<`, "one.cn", "two.cn", "Submitted anew since", "Kind of bracket")
	a.has(t, `name="next" value="/console/batches"`) // a form's answer cannot be asked for again
	a.lacks(t, "gone.cn", "样本(市)科技有限公司")
	if n := h.count(`select count(*) from attempts where number = 2`); n != 1 {
		t.Error("a look corrected something")
	}

	to := v.post("/console/batches/"+id+"/fix", form...).header.Get("Location")
	if !strings.HasPrefix(to, "/console/fixes/") {
		t.Fatalf("it leads to %q", to)
	}
	v.get(to).has(t, `id="fixed">2<`, `id="state-queued">2<`, "Undo")
	if n := h.count(`select count(*) from attempts where number = 2 and declared->>'name' = '样本(市)科技有限公司' and retry_at > now() and state = 'queued'`); n != 2 {
		t.Errorf("%d rows are corrected and wait", n)
	}
	v.get("/console/batches/"+id).has(t, to, "Corrections")
	h.member(tenant, "vera", desk.Viewer).get(to).lacks(t, `id="undo"`)

	v.post(to+"/undo").is(t, http.StatusSeeOther)
	a = v.get(to)
	a.has(t, `id="state-withdrawn">2<`, "Undone")
	if n := h.count(`select count(*) from standings where standing = 'rejected' and reason = 'registrant_info_mismatch' and attempt_number = 2`); n != 2 {
		t.Errorf("after undo %d stand as before", n)
	}
	a.lacks(t, `id="undo"`)
	if n := h.count(`select count(*) from audit where action in ('fix.apply', 'fix.undo') and actor = 'user:olga'`); n != 2 {
		t.Errorf("%d rows in the audit trail", n)
	}
	v.post("/console/batches/"+id+"/fix", "detail", "name_bracket", "reseller", "nobody").has(t, "No row can be corrected")
	v.post("/console/batches/"+id+"/fix", "detail", "name_brackets", "reseller", "r1").is(t, http.StatusNotFound)
}

func TestWhatChangesAValueIsCorrectedWithConsentOnly(t *testing.T) {
	h := newHouse(t)
	o := bracket()
	f := &o.Findings[0]
	f.Check, f.Detail, f.Declared, f.Read, f.Fix = "NAM-01", "name_differs", "样本科枝有限公司", "样本科技有限公司", "样本科技有限公司"
	id, _ := h.refusedBatch(o, "one.cn")
	v := h.member(tenant, "olga", desk.Operator)
	form := []string{"detail", "name_differs", "reseller", "r1"}
	v.post("/console/batches/"+id+"/fix/plan", form...).has(t, `name="consent"`, `id="count">1<`)
	v.post("/console/batches/"+id+"/fix", form...).has(t, "the registrants must agree first")
	if n := h.count(`select count(*) from fixes`); n != 0 {
		t.Error("it was corrected without consent")
	}
	v.post("/console/batches/"+id+"/fix", append(form, "consent", "1")...).is(t, http.StatusSeeOther)
}
