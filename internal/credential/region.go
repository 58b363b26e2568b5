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

func knownRegion(code string) bool { return regions()[code] }
