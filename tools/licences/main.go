// Command licences lists the licence of every module in bills of materials, and
// fails on one that nobody has agreed to.
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// agreed are the licences that dependencies may have: they ask for notices, and MPL for
// the sources of its own files, nothing of ours.
var agreed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "FTL", "MPL-2.0", "Unlicense", "Zlib"}

// settled are modules whose licence the detector misses or takes for a relative of it;
// a person has read each.
var settled = []struct{ prefix, licence string }{
	{"golang.org/x/", "BSD-3-Clause"},
	{"github.com/davecgh/go-spew ", "ISC"},
	{"github.com/pressly/goose/", "MIT"},
	{"github.com/golang/freetype ", "FTL"}, // or GPL-2.0-or-later, at the user's choice; it is in the tool alone, which draws specimens
}

// bill is what is read of a bill of materials (CycloneDX).
type bill struct {
	Components []struct {
		Name     string   `json:"name"`
		Version  string   `json:"version"`
		Licenses licences `json:"licenses"`
		Evidence struct {
			Licenses licences `json:"licenses"`
		} `json:"evidence"`
	} `json:"components"`
}

type licences []struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
}

func (l licences) names() []string {
	var list []string
	for _, x := range l {
		list = append(list, x.License.ID)
	}
	return list
}

func main() {
	found := map[string][]string{}
	for _, name := range os.Args[1:] {
		if err := read(name, found); err != nil {
			fmt.Fprintln(os.Stderr, "licences:", err)
			os.Exit(2)
		}
	}
	os.Exit(list(found))
}

func read(name string, found map[string][]string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var b bill
	if err := json.Unmarshal(data, &b); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, c := range b.Components {
		module := c.Name + " " + c.Version
		found[module] = append(c.Licenses.names(), c.Evidence.Licenses.names()...)
		for _, s := range settled {
			if strings.HasPrefix(module, s.prefix) {
				found[module] = []string{s.licence}
			}
		}
	}
	return nil
}

func list(found map[string][]string) (code int) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, module := range slices.Sorted(maps.Keys(found)) {
		note := ""
		if !slices.ContainsFunc(found[module], func(l string) bool { return slices.Contains(agreed, l) }) {
			note, code = "NOT AGREED TO", 1
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", strings.Replace(module, " ", "\t", 1), strings.Join(found[module], " or "), note)
	}
	_ = w.Flush() // as sure as any print
	fmt.Printf("%d modules\n", len(found))
	return code
}
