package verdict

import (
	"fmt"

	"realname/internal/review"
)

// proposals answer what no public source says: whether a document must be ten days
// old or eleven, and how near its end it may be.
func proposals(cases []Case) []string {
	var list []string
	if t := ofAge(cases, 10); t.all() >= enough {
		list = append(list, fmt.Sprintf("documents of exactly 10 days: %d passed, %d refused at the registry; age.full_last_day should be %v",
			t.passed, t.refused, t.refused > t.passed))
	}
	if days, t := nearestEnd(cases); t.all() >= enough {
		list = append(list, fmt.Sprintf("documents with at most %d days left were refused %d times of %d; age.near_expiry_days should be %d at least",
			days, t.refused, t.all(), days))
	}
	return list
}

type tally struct{ passed, refused int }

func (t tally) all() int { return t.passed + t.refused }

func (t *tally) add(passed bool) {
	if passed {
		t.passed++
		return
	}
	t.refused++
}

// ofAge counts what we approved at exactly so many days after its issue and the
// registry passed, or refused for its age.
func ofAge(cases []Case, days int) (t tally) {
	for _, c := range cases {
		d := c.Facts.Declared.IssueDate
		if c.Ours.Kind == review.Approved && d.HasDay() && review.DateOf(c.Facts.Now).DaysSince(d) == days &&
			(c.Passed || c.Reason == review.ElectronicVerificationFailed) {
			t.add(c.Passed)
		}
	}
	return t
}

// nearestEnd is the largest number of days left, up to ninety, at which at least
// half of what we approved was refused.
func nearestEnd(cases []Case) (int, tally) {
	for days := 90; days >= 0; days-- {
		var t tally
		far := 0 // the most days that any of them had left
		for _, c := range cases {
			d := c.Facts.Declared.ExpiryDate
			if left := d.DaysSince(review.DateOf(c.Facts.Now)); c.Ours.Kind == review.Approved && d.HasDay() && left >= 0 && left <= days {
				t.add(c.Passed)
				far = max(far, left)
			}
		}
		if t.all() >= enough && t.refused*2 >= t.all() {
			return far, t
		}
	}
	return 0, tally{}
}
