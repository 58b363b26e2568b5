package chain

import (
	"slices"
	"testing"
	"time"

	"realname/internal/review"
)

func attempt(d review.Declared, sha string, findings ...review.Finding) review.Attempt {
	return review.Attempt{Declared: d, Documents: []review.Document{{Role: review.Licence, SHA256: sha}}, Outcome: &review.Outcome{Findings: findings}}
}

// Three attempts: the number is mended first, the picture second.
func TestAChainTellsWhatWasMendedAndWhatRemains(t *testing.T) {
	number := review.Finding{Check: "NUM-05", Detail: "number_check_digit", Field: review.FieldNumber}
	blurred := review.Finding{Check: "CLR-01", Detail: "blurred", Field: review.FieldDocument}
	soft := review.Finding{Check: "CLR-01", Detail: "soft", Field: review.FieldDocument}
	wrong := review.Declared{Name: "样本公司", Number: "91440300MA5EXAMP8C"}
	right := wrong
	right.Number = "91440300MA5EXAMP0C"
	chain := []review.Attempt{attempt(wrong, "a", number, blurred), attempt(right, "a", blurred), attempt(right, "b", soft)}

	first := Compare(chain[0], chain[1])
	if len(first.Fields) != 1 || first.Fields[0].Field != review.FieldNumber || len(first.Documents) != 0 {
		t.Fatalf("%+v", first)
	}
	if d := first.Fields[0].Differences; len(d) != 1 || d[0].DeclaredPos != 17 || d[0].Declared != "8" || d[0].Read != "0" {
		t.Errorf("differences %+v", d)
	}
	sorted(t, "first", first, []review.Detail{"number_check_digit"}, []review.Detail{"blurred"}, nil)

	second := Compare(chain[1], chain[2])
	if len(second.Fields) != 0 || !slices.Equal(second.Documents, []review.Role{review.Licence}) {
		t.Errorf("%+v", second)
	}
	sorted(t, "second", second, []review.Detail{"blurred"}, nil, []review.Detail{"soft"})
}

func sorted(t *testing.T, rule string, c Changes, cured, remaining, fresh []review.Detail) {
	t.Helper()
	for key, want := range map[string][]review.Detail{"cured": cured, "remaining": remaining, "new": fresh} {
		var got []review.Detail
		for _, i := range c.Findings[key] {
			got = append(got, i.Detail)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s %v, want %v", rule, key, got, want)
		}
	}
}

func TestAnOpenAttemptHasNoFindingsToCompare(t *testing.T) {
	a := attempt(review.Declared{}, "a")
	b := a
	b.Outcome, b.DecidedAt = nil, time.Time{}
	if c := Compare(a, b); c.Findings != nil || len(c.Fields)+len(c.Documents) != 0 {
		t.Errorf("%+v", c)
	}
}

func TestAnImageThatIsGoneIsAChange(t *testing.T) {
	a := attempt(review.Declared{}, "a")
	a.Documents = append(a.Documents, review.Document{Role: review.BackSide, SHA256: "c"})
	if c := Compare(a, attempt(review.Declared{}, "a")); !slices.Equal(c.Documents, []review.Role{review.BackSide}) {
		t.Errorf("%v", c.Documents)
	}
}
