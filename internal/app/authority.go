package app

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/goccy/go-yaml"

	"realname/internal/authority"
	"realname/internal/authority/register"
	"realname/internal/authority/web"
	"realname/internal/check"
	"realname/internal/postgres"
	"realname/internal/review"
)

// authorityFile is AUTHORITY_FILE: who is asked, in the order of their turn.
type authorityFile struct {
	Sources []struct {
		Name    string                  `yaml:"name"`
		Holders []review.HolderType     `yaml:"holders"`
		Types   []review.CredentialType `yaml:"types"`
		HTTP    *web.Config             `yaml:"http"`
		// Register answers from the organisation register in the database.
		Register *struct{} `yaml:"register"`
	} `yaml:"sources"`
}

// Authority opens the sources of AUTHORITY_FILE and asks that the rules require no
// answer which none of them gives. Without a file nobody is asked.
func Authority(c Config, s *postgres.Store, r check.Rules) (authority.Desk, error) {
	var desk authority.Desk
	if c.Authority.File != "" {
		data, err := os.ReadFile(c.Authority.File)
		if err != nil {
			return nil, fmt.Errorf("AUTHORITY_FILE: %w", err)
		}
		if desk, err = openDesk(data, s, time.Now); err != nil {
			return nil, fmt.Errorf("AUTHORITY_FILE %s: %w", c.Authority.File, err)
		}
	}
	return desk, covered(desk, r)
}

func openDesk(data []byte, s *postgres.Store, now func() time.Time) (authority.Desk, error) {
	var f authorityFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, err
	}
	var desk authority.Desk
	var faults []error
	names := map[string]bool{}
	for _, x := range f.Sources {
		e := authority.Entry{Name: x.Name, Holders: x.Holders, Types: x.Types}
		switch {
		case x.Name == "" || names[x.Name]:
			faults = append(faults, fmt.Errorf("source %q: wants a name of its own", x.Name))
		case x.HTTP != nil:
			w, err := web.New(x.Name, *x.HTTP, s, now)
			if err != nil {
				faults = append(faults, err)
				continue
			}
			e.Source = w.Bulk()
		case x.Register != nil:
			e.Source = register.Source{Store: s}
			if len(e.Holders) == 0 {
				e.Holders = []review.HolderType{review.Organisation}
			}
		default:
			faults = append(faults, fmt.Errorf("source %s: says nothing of how it is asked (http or register)", x.Name))
		}
		names[x.Name] = true
		desk = append(desk, e)
	}
	return desk, errors.Join(faults...)
}

// covered reports what the rules ask for and nobody answers.
func covered(desk authority.Desk, r check.Rules) error {
	var faults []error
	for _, p := range r.Set.Profiles {
		for _, t := range r.Set.Types {
			for _, h := range t.Holders {
				if r.Terms(p.Name, t.Code).Ask && !desk.Covers(h, t.Code) {
					faults = append(faults, fmt.Errorf("profile %s wants the authority's word on %s, but no source of AUTHORITY_FILE answers for it", p.Name, t.Code))
				}
			}
		}
	}
	return errors.Join(faults...)
}
