package rules

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
)

//go:embed data/*.yaml
var builtIn embed.FS

// release is the readable part of the version; the rest is a digest of the data.
const release = "2026.11"

// builtInFiles are read in this order, which is also the order of the details
// in the catalogue.
var builtInFiles = []string{
	"checks.yaml", "types.yaml", "profiles.yaml", "limits.yaml", "reasons.yaml",
	"details-file.yaml", "details-picture.yaml", "details-type.yaml", "details-number.yaml", "details-name.yaml",
	"details-date.yaml", "details-authority.yaml",
}

// maxFile bounds a rules file, in bytes; the built-in ones are a tenth of it.
const maxFile = 1 << 20

var defaultSet = sync.OnceValues(func() (*Set, error) { return Load() })

// Default is the built-in rule set. It panics when the built-in data are not
// valid, which a test of this package holds.
func Default() *Set {
	s, err := defaultSet()
	if err != nil {
		panic(err)
	}
	return s
}

// Load reads the built-in rules and then each override: one YAML document that
// says only what differs. An entry with the name of an earlier one changes the
// keys that it names, a new profile starts as the default one, and anything else
// is added. Each line of an error names file, line and key.
func Load(overrides ...[]byte) (*Set, error) {
	list := make([]source, len(overrides))
	for i, data := range overrides {
		list[i] = source{"rules file", data}
	}
	return load(list)
}

// With is the set with one more override over it, under the rules of Load.
func (s *Set) With(override []byte) (*Set, error) {
	return load(append(slices.Clone(s.overrides), source{"rules", override}))
}

// LoadFiles is Load with the overrides on disk; errors name their paths.
func LoadFiles(paths ...string) (*Set, error) {
	list := make([]source, len(paths))
	for i, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read rules file: %w", err)
		}
		list[i] = source{path, data}
	}
	return load(list)
}

// source is one YAML file.
type source struct {
	name string
	data []byte
}

func load(overrides []source) (*Set, error) {
	r := newReading()
	digest := sha256.New()
	for _, name := range builtInFiles {
		data, err := builtIn.ReadFile("data/" + name)
		if err != nil {
			return nil, fmt.Errorf("read built-in rules: %w", err)
		}
		r.merge(source{name, data})
		_, _ = digest.Write(data) // never fails
	}
	for _, o := range overrides {
		r.merge(o)
		_, _ = digest.Write(o.data)
	}
	s := r.set
	if len(r.faults) == 0 { // what was not read would only be missed again
		s.fillAccepted()
		r.validate()
	}
	if err := errors.Join(r.faults...); err != nil {
		return nil, err
	}
	s.Version = release + "-" + hex.EncodeToString(digest.Sum(nil))[:12]
	s.overrides = overrides
	s.index()
	return s, nil
}
