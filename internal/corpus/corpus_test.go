package corpus

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"realname/internal/review"
)

var day = time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)

func TestCasesAreRepeatableAndOfEverySubjectAndFault(t *testing.T) {
	a, b := Cases(400, 1, day), Cases(400, 1, day)
	names, seen := map[string]bool{}, map[string]bool{}
	for i := range a {
		if fmt.Sprint(a[i]) != fmt.Sprint(b[i]) {
			t.Fatalf("case %d differs between two runs", i)
		}
		if names[a[i].Name] {
			t.Errorf("%s comes twice", a[i].Name)
		}
		names[a[i].Name] = true
		seen[a[i].Fault], seen[string(a[i].Kind)+string(a[i].Images[0].Spec.Role)] = true, true
	}
	for _, f := range faults {
		if !seen[f.name] {
			t.Errorf("no case of %s", f.name)
		}
	}
	for _, s := range subjects {
		if !seen[string(s.kind)+string(s.role)] {
			t.Errorf("no case of %s %s", s.kind, s.role)
		}
	}
}

func TestTheReportCountsAndNamesMisses(t *testing.T) {
	cases := Cases(60, 1, day)
	results, err := Run(t.Context(), cases[:8], 2, func(_ context.Context, c Case, images [][]byte) (review.Outcome, error) {
		if len(images) != len(c.Images) || len(images[0]) == 0 {
			t.Errorf("%s: %d images", c.Name, len(images))
		}
		if c.Fault == "blur" {
			return review.Outcome{Kind: review.ManualReview, Findings: []review.Finding{{Detail: "soft", Severity: review.Warn}}}, nil
		}
		if len(c.Details) > 0 {
			return review.Outcome{Findings: []review.Finding{{Detail: c.Details[0]}}}, nil
		}
		return review.Outcome{Kind: review.Approved}, nil
	}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	r := Summarise(results)
	var b bytes.Buffer
	r.Write(&b)
	if r.Clean != (Count{5, 5}) || r.Faulty != (Count{2, 3}) || !strings.Contains(b.String(), "missed  YYZZ-licence-blur-0: manual_review soft(warn)") {
		t.Errorf("%+v\n%s", r, b.String())
	}
}
