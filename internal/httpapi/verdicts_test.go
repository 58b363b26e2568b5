package httpapi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"realname/internal/pipeline"
	"realname/internal/review"
)

// decide decides the newest queued attempt of a submission that is sent now.
func (s *service) decided(subject string, o review.Outcome) string {
	s.t.Helper()
	kind, body := submission(subject)
	id := s.call("POST", "/v1/submissions", kind, body, 202)["id"].(string)
	sub, err := s.store.Submission(s.t.Context(), "acme", id)
	s.must(err)
	a := sub.Attempts[0].ID
	c, err := s.store.Claim(s.t.Context(), a, "w", time.Minute)
	s.must(err)
	o.RuleSet = "r"
	faults, err := s.store.Record(s.t.Context(), []pipeline.Decision{{AttemptID: a, Epoch: c.Epoch, Outcome: o, Facts: review.Facts{Now: time.Now(), Declared: sub.Attempts[0].Declared, Documents: []review.DocumentFacts{}}}})
	s.must(errors.Join(append(faults, err)...))
	return id
}

// Rule: the registry's answers come by HTTP, meet what we had decided by then, and
// nothing that names anybody is kept of their words.
func TestTheRegistrysAnswersAreTakenQueuedAndCompared(t *testing.T) {
	s := newService(t)
	s.decided("a.example", review.Outcome{Kind: review.Approved})
	s.decided("b.example", review.Outcome{Kind: review.Rejected, Primary: review.MaterialUnclear, Findings: []review.Finding{{Check: "CLR-01", Detail: "blurred", Severity: review.Fail}}})
	said := func() string { return time.Now().Format(time.RFC3339Nano) }
	lines := `{"subject":"a.example","result":"refuse","words":"样本市示例有限公司（SPECIMEN，１１０１０１１９９００１０１）请联系客服","at":"` + said() + `"}
{"subject":"b.example","result":"通过"}

{"subject":"a.example","result":"pass","at":"2020-01-01"}
{"subject":"nobody.example","result":"pass"}`
	got := s.call("POST", "/v1/verdicts", "application/x-ndjson", []byte(lines), 200)
	if fmt.Sprint(got["taken"], got["not_understood"], got["unknown"]) != "2 1 2" { // nothing was decided in 2020
		t.Errorf("%v", got)
	}
	unread := fmt.Sprint(s.get("/v1/verdicts/unknown"))
	if !strings.Contains(unread, "请联系客服") || strings.Contains(unread, "示例") || strings.Contains(unread, "１１０１") || strings.Contains(unread, "SPECIMEN") {
		t.Errorf("queue %s", unread)
	}
	s.call("POST", "/v1/verdicts", "text/csv; charset=utf-8", []byte("提交,结果,原因,时间\na.example,不通过,图片模糊,"+said()+"\n"), 200)
	r := s.get("/v1/verdicts/report")
	if r["cases"] != 2.0 || fmt.Sprint(r["we_passed"]) != "map[material_unclear:1]" || !strings.Contains(fmt.Sprint(r["checks"]), "too_harsh:1") {
		t.Errorf("report %v", r)
	}
	if left := s.get("/v1/verdicts/unknown")["texts"].([]any); len(left) != 0 {
		t.Errorf("still not understood: %v", left)
	}
}

// Rule: a line that cannot be read is named, and then none is taken.
func TestALineThatCannotBeReadIsNamed(t *testing.T) {
	s := newService(t)
	for _, c := range []struct {
		kind, body string
		status     int
		want       string
	}{
		{"application/xml", "x", 415, "body_not_lines"},
		{"text/csv", "a.example,pass\nb.example,maybe\n", 422, "第 2 行"},
		{"text/csv", "a.example,pass,,yesterday\n", 422, "2026-01-31"},
		{"text/csv", "a.example,\"pass\n", 422, "引号"},
		{"text/csv", "a.example,pass\nb.example,pass,,2999-01-31\n", 422, "未来"},
		{"application/x-ndjson", `{"subject":"a.example","result":"pass"}` + "\n{}", 422, "第 2 行"},
		{"application/x-ndjson", `{"subject":"a.example","result":"pass","secret-name":1}`, 422, "JSON"},
		{"text/csv", strings.Repeat("a.example,pass\n", 5001), 422, "5000"},
		{"text/csv", strings.Repeat("a", 2<<20+1), 413, "lines_too_large"},
	} {
		if got := fmt.Sprint(s.call("POST", "/v1/verdicts", c.kind, []byte(c.body), c.status)); !strings.Contains(got, c.want) || strings.Contains(got, "secret-name") || strings.Contains(got, "maybe") {
			t.Errorf("%.40q: %s, want %s", c.body, got, c.want)
		}
	}
}
