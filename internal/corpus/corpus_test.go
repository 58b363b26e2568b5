package corpus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"realname/internal/review"
)

var day = time.Date(2026, 11, 23, 12, 0, 0, 0, review.Shanghai)

func TestCasesAreRepeatableAndOfEverySubjectAndFault(t *testing.T) {
	a, b := Cases(Round(), 1, day), Cases(Round(), 1, day)
	names, seen := map[string]bool{}, map[string]bool{}
	for i := range a {
		if fmt.Sprint(a[i]) != fmt.Sprint(b[i]) {
			t.Fatalf("case %d differs between two runs", i)
		}
		if names[a[i].Name] {
			t.Errorf("%s comes twice", a[i].Name)
		}
		names[a[i].Name] = true
		seen[a[i].Fault], seen[a[i].Subject] = true, true
	}
	for _, f := range faults {
		if !seen[f.name] {
			t.Errorf("no case of %s", f.name)
		}
	}
	for _, s := range subjects {
		if !seen[s.name()] {
			t.Errorf("no case of %s %s", s.kind, s.role)
		}
	}
}

func TestTheReportCountsAndNamesMisses(t *testing.T) {
	cases := Cases(60, 1, day)
	results, err := Run(t.Context(), cases[:8], 2, func(_ context.Context, c Case, images [][]byte) (review.Outcome, review.Facts, error) {
		if len(images) != len(c.Images) || len(images[0]) == 0 {
			t.Errorf("%s: %d images", c.Name, len(images))
		}
		if c.Fault == "blur" {
			return review.Outcome{Kind: review.ManualReview, Findings: []review.Finding{{Detail: "soft", Severity: review.Warn}}}, review.Facts{}, nil
		}
		if len(c.Details) > 0 {
			return review.Outcome{Findings: []review.Finding{{Detail: c.Details[0]}}}, review.Facts{}, nil
		}
		return review.Outcome{Kind: review.Approved}, review.Facts{}, nil
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
	if low := r.Below(Leasts{Clean: 0.99, Each: 0.95}); len(low) != 2 { // blur, and with it the licence
		t.Errorf("below the floor: %q", low)
	}
}

// Rule: whoever ends a run does not wait for the rest to be drawn, and gets no report
// of cases that were never judged.
func TestARunThatIsEndedStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	judged := 0
	_, err := Run(ctx, Cases(60, 1, day), 1, func(context.Context, Case, [][]byte) (review.Outcome, review.Facts, error) {
		judged++
		cancel()
		return review.Outcome{}, review.Facts{}, nil
	}, func(int) {})
	if !errors.Is(err, context.Canceled) || judged > 2 {
		t.Errorf("%d judged, %v", judged, err)
	}
}
