package console

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

// bar is one bar of a chart.
type bar struct {
	Label string
	Link  string
	N     int
	Share int // of the longest, in percent
	Upto  int // this one and the longer ones, in percent of all
}

// bars sorts counts into a chart, the longest first.
func bars(counts map[string]int) []bar {
	var list []bar
	for label, n := range counts {
		list = append(list, bar{Label: label, N: n})
	}
	slices.SortFunc(list, func(a, b bar) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Label, b.Label)) })
	return scaled(list)
}

// scaled measures each bar against the longest.
func scaled(list []bar) []bar {
	longest := 1
	for _, b := range list {
		longest = max(longest, b.N)
	}
	for i := range list {
		list[i].Share = list[i].N * 100 / longest
	}
	return list
}

// pareto sorts counts as bars does, and says of each how much it and the longer
// ones are of all.
func pareto(counts map[string]int) []bar {
	list := bars(counts)
	all, upto := 0, 0
	for _, b := range list {
		all += b.N
	}
	for i := range list {
		upto += list[i].N
		list[i].Upto = upto * 100 / max(all, 1)
	}
	return list
}

// day is one column of the chart of outcomes: the heights of its parts in percent
// of the highest day, and where each begins.
type day struct {
	Day                        time.Time
	Approved, Rejected, Manual int
	X                          int
	Parts                      []columnPart
}

type columnPart struct {
	Class     string
	Y, Height int
}

// Label is the day of the month.
func (d day) Label() string { return d.Day.In(review.Shanghai).Format("01-02") }

// columnStep is the width that a day takes in the chart.
const columnStep = 20

func days(tallies []desk.Tally, now time.Time) []day {
	first := review.DateOf(now).AddDays(1 - overviewDays)
	list := make([]day, overviewDays)
	for i := range list {
		list[i] = day{Day: first.AddDays(i).Start(), X: i * columnStep}
	}
	highest := 1
	for _, t := range tallies {
		i := review.DateOf(t.Day).DaysSince(first)
		if i < 0 || i >= len(list) {
			continue
		}
		switch t.Kind {
		case review.Approved:
			list[i].Approved += t.N
		case review.Rejected:
			list[i].Rejected += t.N
		default:
			list[i].Manual += t.N
		}
		highest = max(highest, list[i].Approved+list[i].Rejected+list[i].Manual)
	}
	for i := range list {
		list[i].stack(highest)
	}
	return list
}

// stack puts the parts of a column upon each other.
func (d *day) stack(highest int) {
	y := 100
	for _, p := range []struct {
		class string
		n     int
	}{{"approved", d.Approved}, {"rejected", d.Rejected}, {"manual_review", d.Manual}} {
		h := p.n * 100 / highest
		y -= h
		d.Parts = append(d.Parts, columnPart{p.class, y, h})
	}
}

func (c *Console) reasonBars(tallies []desk.Tally, r *request) []bar {
	counts := map[string]int{}
	for _, t := range tallies {
		if t.Kind == review.Rejected {
			counts[c.reasonTitle(t.Reason, r.prefs.Lang)] += t.N
		}
	}
	return pareto(counts)
}

func tookBars(tallies []desk.Tally, r *request) []bar {
	list := make([]bar, len(desk.Spans)+1)
	for i := range list {
		list[i].Label = say(r.prefs.Lang, "span_"+strconv.Itoa(i))
	}
	for _, t := range tallies {
		if t.Took >= 0 && t.Took < len(list) {
			list[t.Took].N += t.N
		}
	}
	return scaled(list)
}

// funnel says how many passed at which attempt.
func funnel(tallies []desk.Tally, r *request) []bar {
	list := make([]bar, desk.LateAttempt)
	for i := range list {
		list[i].Label = say(r.prefs.Lang, "passed_at_"+strconv.Itoa(i+1))
	}
	for _, t := range tallies {
		if t.Kind == review.Approved && t.Attempt >= 1 && t.Attempt <= len(list) {
			list[t.Attempt-1].N += t.N
		}
	}
	return scaled(list)
}
