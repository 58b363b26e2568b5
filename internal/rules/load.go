package rules

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/goccy/go-yaml"

	"realname/internal/review"
)

//go:embed data/*.yaml
var builtIn embed.FS

// release is the readable part of the version; the rest is a digest of the data.
const release = "2026.11"

var files = []string{"checks", "types", "profiles", "limits", "reasons", "details"}

// document is what one YAML file may hold; every part is optional.
type document struct {
	Checks     []Check         `yaml:"checks"`
	Precedence []review.Reason `yaml:"precedence"`
	Types      []DocumentType  `yaml:"types"`
	Profiles   []Profile       `yaml:"profiles"`
	Reasons    []ReasonEntry   `yaml:"reasons"`
	Details    []DetailEntry   `yaml:"details"`
	Limits     *Limits         `yaml:"limits"`
}

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

// Load reads the built-in rules and then each override: one YAML document whose
// entries replace those of the same name or add to them. An error names the
// line and the key.
func Load(overrides ...[]byte) (*Set, error) {
	s := &Set{}
	digest := sha256.New()
	for _, name := range files {
		data, err := builtIn.ReadFile("data/" + name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("read built-in rules: %w", err)
		}
		if err := s.merge(data); err != nil {
			return nil, fmt.Errorf("built-in %s.yaml: %w", name, err)
		}
		_, _ = digest.Write(data) // never fails
	}
	for _, data := range overrides {
		if err := s.merge(data); err != nil {
			return nil, fmt.Errorf("rules file: %w", err)
		}
		_, _ = digest.Write(data)
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	s.Version = release + "-" + hex.EncodeToString(digest.Sum(nil))[:12]
	s.index()
	return s, nil
}

func (s *Set) merge(data []byte) error {
	var d document
	if err := yaml.UnmarshalWithOptions(data, &d, yaml.Strict()); err != nil {
		return err // names line, column and key
	}
	s.Checks = replace(s.Checks, d.Checks, func(c Check) string { return string(c.ID) })
	s.Types = replace(s.Types, d.Types, func(t DocumentType) string { return string(t.Code) })
	s.Profiles = replace(s.Profiles, d.Profiles, func(p Profile) string { return p.Name })
	s.Reasons = replace(s.Reasons, d.Reasons, func(r ReasonEntry) string { return string(r.Code) })
	s.Details = replace(s.Details, d.Details, func(x DetailEntry) string { return string(x.Code) })
	if d.Precedence != nil {
		s.Precedence = d.Precedence
	}
	if d.Limits != nil {
		s.Limits = *d.Limits
	}
	return nil
}

// replace puts each new entry in the place of the old one of the same name.
func replace[T any](list, news []T, name func(T) string) []T {
	for _, n := range news {
		found := false
		for i := range list {
			if name(list[i]) == name(n) {
				list[i], found = n, true
			}
		}
		if !found {
			list = append(list, n)
		}
	}
	return list
}
