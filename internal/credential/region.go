package credential

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/regions.txt
var regionData string

// regions are the codes of every edition of GB/T 2260, retired ones included:
// a person keeps the code of the place and time of registration for life.
var regions = sync.OnceValue(func() map[string]bool {
	known := make(map[string]bool, 4500)
	for line := range strings.Lines(regionData) {
		known[strings.TrimSpace(line)] = true
	}
	return known
})

// provinces are the first two digits of all regions.
var provinces = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for code := range regions() {
		known[code[:2]] = true
	}
	return known
})

func knownProvince(digits string) bool { return provinces()[digits] }

func knownRegion(code string) bool { return regions()[code] }
