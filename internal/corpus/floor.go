package corpus

import "fmt"

// Leasts are the smallest shares that a run must reach, 0 to 1.
type Leasts struct {
	Clean float64 // of the faultless uploads approved
	Each  float64 // of the faults found: of each kind of document and of each fault
}

// Below lists what a report does not reach; empty when it holds.
func (r Report) Below(least Leasts) []string {
	var list []string
	check := func(what string, n Count, least float64) {
		if n.Share() < least {
			list = append(list, fmt.Sprintf("%s: %d of %d, at least %.1f%%", what, n.Met, n.All, 100*least))
		}
	}
	check("faultless", r.Clean, least.Clean)
	for _, table := range []map[string]Count{r.Kinds, r.Faults} {
		for _, k := range sorted(table) {
			check(k, table[k], least.Each)
		}
	}
	return list
}
