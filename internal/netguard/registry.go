package netguard

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"net/netip"
	"strings"
)

// The files are IANA's iana-ipv4-special-registry-1.csv and
// iana-ipv6-special-registry-1.csv, unchanged; replace them to update.
//
//go:embed iana/*.csv
var registries embed.FS

// block is one row of a registry.
type block struct {
	prefix netip.Prefix
	name   string
	global bool // globally reachable
}

var blocks = mustLoad("iana/iana-ipv4-special-registry-1.csv", "iana/iana-ipv6-special-registry-1.csv")

func mustLoad(files ...string) []block {
	var all []block
	for _, name := range files {
		f, err := registries.Open(name)
		if err != nil {
			panic(err) // the file is embedded: only a broken build comes here
		}
		list, err := parse(f)
		if err != nil {
			panic(fmt.Errorf("%s: %w", name, err))
		}
		all = append(all, list...)
	}
	return all
}

// The registry's columns that matter.
const (
	columnBlock  = 0
	columnName   = 1
	columnGlobal = 8
)

func parse(r io.Reader) ([]block, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read registry: %w", err)
	}
	if len(rows) == 0 || len(rows[0]) <= columnGlobal || rows[0][columnGlobal] != "Globally Reachable" {
		return nil, fmt.Errorf("the registry's columns have changed")
	}
	var list []block
	for _, row := range rows[1:] {
		// A cell may hold several blocks and footnote marks: "192.0.0.0/24 [2]", "a/32, b/32".
		for cell := range strings.SplitSeq(row[columnBlock], ",") {
			text, _, _ := strings.Cut(strings.TrimSpace(cell), " ")
			prefix, err := netip.ParsePrefix(text)
			if err != nil {
				return nil, fmt.Errorf("read block %q: %w", cell, err)
			}
			list = append(list, block{prefix.Masked(), row[columnName], strings.HasPrefix(row[columnGlobal], "True")})
		}
	}
	return list, nil
}

// special returns the most specific registry row that holds the address.
func special(a netip.Addr) (block, bool) {
	var best block
	found := false
	for _, b := range blocks {
		if b.prefix.Contains(a) && (!found || b.prefix.Bits() > best.prefix.Bits()) {
			best, found = b, true
		}
	}
	return best, found
}
