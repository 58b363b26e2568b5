package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"realname/internal/desk"
	"realname/internal/review"
)

func TestABatchShowsWhatBecameOfItsRows(t *testing.T) {
	h := newHouse(t)
	id, subs := h.refusedBatch(bracket(), "one.cn", "two.cn")
	fine := h.reviewed("fine.cn", review.Outcome{Kind: review.Approved, RuleSet: "r1"}, nil)
	_, err := h.pool.Exec(t.Context(), `insert into batch_items (batch_id, row, tenant_id, reseller, external_id, submission_id, attempt_id) values ($1, 9, $2, 'r2', 'order-9', $3, $4)`,
		id, tenant, fine.ID, fine.Attempts[0].ID)
	h.must(err)
	_, err = h.pool.Exec(t.Context(), `insert into batch_items (batch_id, row, tenant_id, external_id, faults) values ($1, 11, $2, 'order-11', '[{"row":11,"code":"date_wrong","zh":"日期写法不对","en":"The date is not one"}]')`, id, tenant)
	h.must(err)
	v := h.member(tenant, "vera", desk.Viewer)

	a := v.get("/console/batches/" + id)
	a.has(t, "one.cn", "two.cn", "fine.cn", "order-9", "order-11", "The date is not one", "/console/submissions/"+subs[0].ID)
	a.has(t, "2 refused of 2 rows", "0 refused of 1 rows", "100 %") // by reseller
	a = v.get("/console/batches/" + id + "?standing=faulty")
	a.has(t, "order-11")
	a.lacks(t, "one.cn", "order-9")
	a = v.get("/console/batches/" + id + "?standing=rejected&reseller=r1")
	a.has(t, "one.cn", "two.cn")
	a.lacks(t, "fine.cn", "order-11")
	v.get("/console/batches/"+id+"?reseller=r2&standing=rejected").has(t, "No row is like that")
	for _, odd := range []string{"standing=bogus", "after=-1", "after=99999999999999999999", "reseller=" + url.QueryEscape("'; drop table batches --")} {
		v.get("/console/batches/"+id+"?"+odd).is(t, http.StatusOK)
	}
}

// The word of a person stands before that of the review, as on a submission's page.
func TestARowSaysWhatAPersonDecided(t *testing.T) {
	h := newHouse(t)
	id, subs := h.refusedBatch(review.Outcome{Kind: review.ManualReview, RuleSet: "r1", Findings: bracket().Findings}, "one.cn")
	v := h.member(tenant, "rita", desk.Reviewer)
	v.get("/console/batches/"+id+"?standing=manual_review").has(t, "one.cn")
	attempt := subs[0].Attempts[0].ID
	v.post("/console/review/"+attempt+"/take").is(t, http.StatusSeeOther)
	v.post("/console/review/"+attempt+"/decide", "verdict", "ask", "reason", "material_unclear").is(t, http.StatusSeeOther)
	v.get("/console/batches/"+id+"?standing=asked").has(t, "one.cn", "1 refused of 1 rows")
	v.get("/console/batches/"+id+"?standing=manual_review").has(t, "No row is like that")
}

func TestALongBatchIsListedPageByPage(t *testing.T) {
	h := newHouse(t)
	id, _ := h.refusedBatch(bracket(), "one.cn")
	_, err := h.pool.Exec(t.Context(), `insert into batch_items (batch_id, row, tenant_id, external_id) select $1, i, $2, 'order-' || i || '-' from generate_series(10, 130) as i`, id, tenant)
	h.must(err)
	v := h.member(tenant, "vera", desk.Viewer)
	path, seen := "/console/batches/"+id+"?standing=faulty", 0
	for range 4 {
		a := v.get(path)
		for i := 10; i <= 130; i++ {
			if strings.Contains(a.body, fmt.Sprintf("order-%d-", i)) {
				seen++
			}
		}
		next, ok := between(a.body, `rel="next" href="`, `#results"`)
		if !ok {
			break
		}
		path = strings.ReplaceAll(next, "&amp;", "&")
	}
	if seen != 121 {
		t.Errorf("the pages list %d rows of 121", seen)
	}
}
