package console

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// functions are what templates call beside the methods of a page.
var functions = template.FuncMap{"asset": asset, "nav": nav, "dict": dict, "size": size, "batchState": batchState, "received": received, "outcomeKey": outcomeKey, "sub": func(a, b int) int { return a - b }}

// dict gathers what a part of a page needs.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict takes names and values in turn, got %d", len(pairs))
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict takes a name at place %d", i)
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// size writes a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.0f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}

// received is when a submission came, which its id says.
func received(id string) time.Time {
	u, err := uuid.FromString(id)
	if err != nil {
		return time.Time{}
	}
	at, err := uuid.TimestampFromV7(u)
	if err != nil {
		return time.Time{}
	}
	t, err := at.Time()
	if err != nil {
		return time.Time{}
	}
	return t
}

// tab is one entry of the navigation.
type tab struct {
	Key, Path string
	Here      bool
}

var tabs = []struct {
	key, path string
	need      desk.Role
}{
	{"overview", Root, desk.Viewer},
	{"submissions", "/console/submissions", desk.Viewer},
	{"review", "/console/review", desk.Viewer},
	{"batches", "/console/batches", desk.Viewer},
	{"bulk", "/console/actions", desk.Viewer},
	{"parked", "/console/parked", desk.Viewer},
	{"deliveries", "/console/deliveries", desk.Viewer},
	{"reasons", "/console/reasons", desk.Viewer},
	{"keys", "/console/keys", desk.Admin},
	{"members", "/console/members", desk.Admin},
}

// nav lists the entries that who reads the page may open.
func nav(p page) []tab {
	var list []tab
	for _, t := range tabs {
		if !p.Role.Allows(t.need) {
			continue
		}
		here := p.Path == t.path || t.path != Root && strings.HasPrefix(p.Path, t.path)
		list = append(list, tab{t.key, t.path, here})
	}
	return list
}

// Reason is the title of a reason in the language of who reads it.
func (p page) Reason(r review.Reason) string {
	if title := p.rules.RenderReason(r, p.Lang).Title; title != "" {
		return title
	}
	return string(r)
}
