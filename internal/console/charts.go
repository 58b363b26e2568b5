package console

import (
	"cmp"
	"slices"
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
