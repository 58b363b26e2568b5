package verdict

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/width"

	"realname/internal/review"
)

//go:embed patterns.yaml
var builtIn []byte

// Patterns say what a registry's words mean, the first that fits.
type Patterns []Pattern

// Pattern is one row of the table.
type Pattern struct {
	Text   string        `yaml:"pattern"`
	Unless string        `yaml:"unless"` // what a text must not hold, or nothing
	Reason review.Reason `yaml:"reason"`
	Detail review.Detail `yaml:"detail"` // empty when the words do not say
	fits   *regexp.Regexp
	not    *regexp.Regexp // nil for nothing
}

// Load reads a table; nil is the built-in one.
func Load(data []byte) (Patterns, error) {
	if data == nil {
		data = builtIn
	}
	var list Patterns
	if err := yaml.UnmarshalWithOptions(data, &list, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read patterns: %w", err)
	}
	for i := range list {
		var err error
		if list[i].fits, err = regexp.Compile(list[i].Text); err != nil || list[i].Text == "" || list[i].Reason == "" {
			return nil, fmt.Errorf("pattern %d: wants a regular expression and a reason: %v", i+1, err)
		}
		if list[i].Unless == "" {
			continue
		}
		if list[i].not, err = regexp.Compile(list[i].Unless); err != nil {
			return nil, fmt.Errorf("pattern %d: unless is no regular expression: %w", i+1, err)
		}
	}
	return list, nil
}

// Understand finds the reason that a text gives; false when no pattern fits, and
// somebody must read it.
func (p Patterns) Understand(text string) (review.Reason, review.Detail, bool) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, width.Fold.String(text))
	for _, x := range p {
		if x.fits.MatchString(text) && (x.not == nil || !x.not.MatchString(text)) {
			return x.Reason, x.Detail, true
		}
	}
	return "", "", false
}

// MostUnread bounds the queue of texts that no pattern fits.
const MostUnread = 1000

// Unread is a text that no pattern fits, and how often it came.
type Unread struct {
	Words  string    `json:"words"`
	Count  int       `json:"count"`
	Newest time.Time `json:"newest"`
}
