package review

import (
	"testing"
	"time"
)

func carried(i int) string { return "new-" + string(rune('0'+i)) }

func TestImagesThatWereNotSentAgainAreThoseOfTheLastAttempt(t *testing.T) {
	last := Attempt{Documents: []Document{{ID: "1", Role: PortraitSide, SHA256: "a"}, {ID: "2", Role: EmblemSide, SHA256: "b"}, {ID: "3", Role: Supplement, SHA256: "c"}}}
	got := last.CarryOver([]Document{{ID: "9", Role: PortraitSide, SHA256: "z"}}, carried)
	if len(got) != 2 || got[0].ID != "9" || got[1].Role != EmblemSide || got[1].SHA256 != "b" || got[1].ID != "new-1" {
		t.Errorf("%+v", got)
	}
	if last.Documents[1].ID != "2" {
		t.Error("the last attempt was changed")
	}
}

func TestOnlyWhatWasJustSentIsARepetition(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, Shanghai)
	next := Attempt{Declared: Declared{Number: "n"}, Documents: []Document{{Role: Licence, SHA256: "a"}}}
	as := func(edit func(*Attempt)) Attempt {
		a := next
		a.State, a.DecidedAt = Decided, now.Add(-time.Hour)
		edit(&a)
		return a
	}
	for rule, c := range map[string]struct {
		last Attempt
		want bool
	}{
		"refused an hour ago":   {as(func(*Attempt) {}), true},
		"still open":            {as(func(a *Attempt) { a.State, a.DecidedAt = Queued, time.Time{} }), true},
		"refused two days ago":  {as(func(a *Attempt) { a.DecidedAt = now.Add(-48 * time.Hour) }), false},
		"withdrawn":             {as(func(a *Attempt) { a.State = Withdrawn }), false},
		"parked":                {as(func(a *Attempt) { a.State = Parked }), false},
		"another number":        {as(func(a *Attempt) { a.Declared.Number = "m" }), false},
		"another image":         {as(func(a *Attempt) { a.Documents = []Document{{Role: Licence, SHA256: "b"}} }), false},
		"an image less or more": {as(func(a *Attempt) { a.Documents = nil }), false},
	} {
		if got := c.last.RepeatedBy(next, now); got != c.want {
			t.Errorf("%s: %v", rule, got)
		}
	}
}
