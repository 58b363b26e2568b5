package httpapi

import (
	"cmp"
	"net/http"
	"slices"

	"realname/internal/mend"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// cause is one thing that went wrong in many rows of a batch, from one origin.
type cause struct {
	Detail   string        `json:"detail"`
	Reason   review.Reason `json:"reason,omitempty"`
	Reseller string        `json:"reseller,omitempty"`
	// Classes are how declared and right value differ, when that is what is wrong.
	Classes []text.Class `json:"classes"`
	Rows    int          `json:"rows"`
	// Share is of the reseller's rows, 0 to 1.
	Share float64 `json:"share"`
	// SafeFix says that the registrar may apply the proposed fix without asking the
	// registrant: spaces, bracket width, a copy mark.
	SafeFix bool                   `json:"safe_fix"`
	Fixable int                    `json:"fixable"` // rows with a proposed fix
	Texts   map[rules.Lang]message `json:"texts"`
	First   []int                  `json:"first_rows"` // some of the rows
}

// causeKey is what rows must share to have one cause.
type causeKey struct {
	detail, reseller, classes string
}

// maxFirst bounds the rows that are named.
const maxFirst = 10

// causes gathers causes while rows go by.
type causes struct {
	found map[causeKey]*cause
	rows  map[string]int // by reseller
}

// getBatchCauses groups what failed by cause and origin, the most frequent first.
func (s *Server) getBatchCauses(w http.ResponseWriter, r *http.Request, tenant string) error {
	c := causes{found: map[causeKey]*cause{}, rows: map[string]int{}}
	err := s.eachItem(r, tenant, func(i review.BatchItem) error {
		c.rows[i.Reseller]++
		s.gather(&c, i)
		return nil
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"causes": c.sorted()})
}

func (s *Server) gather(c *causes, i review.BatchItem) {
	for _, f := range i.Faults {
		c.add(i, causeKey{f.Code, i.Reseller, ""}, cause{Detail: f.Code, Classes: []text.Class{},
			Texts: map[rules.Lang]message{rules.Chinese: {Title: f.ZH}, rules.English: {Title: f.EN}}}, false)
	}
	if i.Outcome == nil {
		return
	}
	for _, f := range i.Outcome.Findings {
		if f.Severity != review.Fail {
			continue
		}
		classes := classesOf(f)
		one := cause{Detail: string(f.Detail), Reason: f.Reason, Classes: classes, SafeFix: mend.Safe(f.Detail),
			Texts: both(func(l rules.Lang) rules.Message {
				return rules.Message{Title: s.Catalogue.Render(f, l).Title, Remedy: s.Catalogue.Render(f, l).Remedy}
			})}
		c.add(i, causeKey{one.Detail, i.Reseller, joined(classes)}, one, f.Fix != "")
	}
}

// classesOf are the classes of difference between the declared and the right value.
func classesOf(f review.Finding) []text.Class {
	list := []text.Class{}
	right := cmp.Or(f.Fix, f.Read)
	if right == "" {
		return list
	}
	for _, d := range text.Diff(f.Declared, right) {
		if !slices.Contains(list, d.Class) {
			list = append(list, d.Class)
		}
	}
	slices.Sort(list)
	return list
}

func joined(classes []text.Class) string {
	s := ""
	for _, c := range classes {
		s += string(c) + " "
	}
	return s
}

func (c *causes) add(i review.BatchItem, key causeKey, one cause, fixable bool) {
	got, ok := c.found[key]
	if !ok {
		one.Reseller = key.reseller
		got = &one
		c.found[key] = got
	}
	if fixable {
		got.Fixable++
	}
	if got.Rows++; len(got.First) < maxFirst {
		got.First = append(got.First, i.Row)
	}
}

func (c *causes) sorted() []cause {
	list := []cause{}
	for key, one := range c.found {
		one.Share = float64(one.Rows) / float64(c.rows[key.reseller])
		list = append(list, *one)
	}
	slices.SortFunc(list, func(a, b cause) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Detail, b.Detail), cmp.Compare(a.Reseller, b.Reseller), cmp.Compare(joined(a.Classes), joined(b.Classes)))
	})
	return list
}
