package check

import (
	"slices"
	"testing"

	"realname/internal/review"
	"realname/internal/rules"
)

const strict = `profiles:
  - name: default
    files: {min_bytes: 56320, soft_min_bytes: 55000, max_bytes: 1048576, extensions: [jpg, jpeg], min_short_side: 500}
    age: {min_days: 10, full_last_day: true, near_expiry_days: 30}
    repeated_after: 3
`

// Under the same rules nothing flips; under the strict ten-day reading exactly
// the certificates of the tenth day do.
func TestReplayFlipsExactlyWhatARuleChanges(t *testing.T) {
	same := Rules{rules.Default()}
	set, err := rules.Load([]byte(strict))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		age   int
		flips bool
	}{{9, false}, {10, true}, {11, false}, {400, false}} {
		f := change(licence(), issued(review.DateOf(now).AddDays(-c.age)))
		was := same.Review("default", f)
		if same.Replay("default", f, was) != nil {
			t.Errorf("age %d: flips under the same rules", c.age)
		}
		flip := Rules{set}.Replay("default", f, was)
		if (flip != nil) != c.flips {
			t.Errorf("age %d: flip %+v, want %v", c.age, flip, c.flips)
		}
		if flip != nil && (flip.Would.Kind != review.Deferred || !slices.Equal(flip.New, []review.CheckID{"AGE-01"}) || len(flip.Gone) != 0) {
			t.Errorf("age %d: %+v", c.age, flip)
		}
	}
}
