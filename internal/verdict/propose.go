package verdict

import (
	"fmt"
	"math"

	"realname/internal/review"
)

// Proposal is a limit that the registry's answers speak for. It is for people: no
// rule changes by itself, and `realname replay` shows what it would do to others.
type Proposal struct {
	Limit    string `json:"limit"`    // its place in the rules
	Proposed string `json:"proposed"` // its value
	Cases    int    `json:"cases"`    // that it is drawn from
	// Flips counts outcomes of these that would be others, and Agree those of them
	// that would then be as the registry's.
	Flips int `json:"flips"`
	Agree int `json:"agree"`
	// Sure says that the share it rests on is beyond one half with 95 % confidence.
	Sure bool   `json:"sure"`
	Why  string `json:"why"`
}

// enough is how many cases a proposal needs.
const enough = 20

func proposals(cases []Case) []Proposal {
	list := []Proposal{}
	for _, find := range []func([]Case) []Proposal{lastDay, nearExpiry, tooHarsh} {
		list = append(list, find(cases)...)
	}
	return list
}

// tally counts what the registry said of some cases.
type tally struct{ passed, refused int }

func (t tally) all() int { return t.passed + t.refused }

func (t *tally) add(passed bool) {
	if passed {
		t.passed++
		return
	}
	t.refused++
}

// interval is where the share of n among all lies with 95 % confidence (Wilson).
func interval(n, all int) (low, high float64) {
	const z = 1.96
	a := float64(all)
	p := float64(n) / a
	middle, width := p+z*z/(2*a), z*math.Sqrt(p*(1-p)/a+z*z/(4*a*a))
	return (middle - width) / (1 + z*z/a), (middle + width) / (1 + z*z/a)
}

func share(what string, n, all int) string {
	low, high := interval(n, all)
	return fmt.Sprintf("the registry %s %d of %d (%.0f %%; with 95 %% confidence %.0f to %.0f %%)", what, n, all, 100*float64(n)/float64(all), 100*low, 100*high)
}

func beyondHalf(n, all int) bool {
	low, high := interval(n, all)
	return low > 0.5 || high < 0.5
}

// lastDay answers whether the tenth day must have ended.
func lastDay(cases []Case) []Proposal {
	var t tally
	for _, c := range cases {
		d := c.Declared.IssueDate
		if c.Ours.Kind == review.Approved && d.HasDay() && review.DateOf(c.Now).DaysSince(d) == 10 &&
			(c.Passed || c.Reason == review.ElectronicVerificationFailed) {
			t.add(c.Passed)
		}
	}
	if t.all() < enough {
		return nil
	}
	p := Proposal{Limit: "age.full_last_day", Proposed: "false", Cases: t.all(), Sure: beyondHalf(t.refused, t.all()),
		Why: "of documents that were exactly 10 days old " + share("refused", t.refused, t.all())}
	if t.refused > t.passed { // all of them would wait a day longer
		p.Proposed, p.Flips, p.Agree = "true", t.all(), t.refused
	}
	return []Proposal{p}
}

// nearExpiry answers how near its end a document may be: the largest number of days
// left, up to ninety, at which at least half of what we approved was refused.
func nearExpiry(cases []Case) []Proposal {
	for days := 90; days >= 0; days-- {
		var t tally
		far := 0 // the most days that any of them had left
		for _, c := range cases {
			d := c.Declared.ExpiryDate
			if left := d.DaysSince(review.DateOf(c.Now)); c.Ours.Kind == review.Approved && d.HasDay() && left >= 0 && left <= days {
				t.add(c.Passed)
				far = max(far, left)
			}
		}
		if t.all() >= enough && t.refused*2 >= t.all() {
			return []Proposal{{Limit: "age.near_expiry_days", Proposed: fmt.Sprint(far), Cases: t.all(), Sure: beyondHalf(t.refused, t.all()),
				Why: fmt.Sprintf("of documents with at most %d days left %s; it only warns, so that no outcome changes", far, share("refused", t.refused, t.all()))}}
		}
	}
	return nil
}
