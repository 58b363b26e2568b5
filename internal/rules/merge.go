package rules

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// reading is a rule set while it is read: what is known so far, where each key
// stands, and what is wrong.
type reading struct {
	set    *Set
	places map[string]place // "types.SFZ.name.en" -> where it was last said
	faults []error
	file   string // that is read now
}

type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

func newReading() *reading { return &reading{set: &Set{}, places: map[string]place{}} }

// fault notes what is wrong with the value at a dotted path. The line is that of
// the longest part of the path that was read.
func (r *reading) fault(path, format string, args ...any) {
	where := ""
	for p := path; p != ""; p = parent(p) {
		if at, ok := r.places[p]; ok {
			where = at.String() + ": "
			break
		}
	}
	r.faults = append(r.faults, fmt.Errorf("%s%s: %s", where, path, fmt.Sprintf(format, args...)))
}

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '.'), 0)] }

// faultAt notes what is wrong at a token.
func (r *reading) faultAt(t *token.Token, message string) {
	at := place{r.file, 1}
	if t != nil && t.Position != nil {
		at.line = t.Position.Line
	}
	r.faults = append(r.faults, fmt.Errorf("%s: %s", at, message))
}

// yamlFault notes an error of the YAML library with its place.
func (r *reading) yamlFault(err error, path string) {
	var at yaml.Error
	if !errors.As(err, &at) {
		r.fault(path, "%v", err)
		return
	}
	message := plain(at.GetMessage())
	if path != "" {
		message = path + ": " + message
	}
	r.faultAt(at.GetToken(), message)
}

// ofType is how the YAML library says that a value is of another type.
var ofType = regexp.MustCompile(`^cannot unmarshal (\S+) into Go .* of type (\S+)$`)

// wanted are Go's types in the words of somebody who writes rules.
var wanted = map[string]string{"int": "a whole number", "int64": "a whole number", "float64": "a number", "bool": "true or false", "string": "text"}

// plain puts the YAML library's message into words without Go in them.
func plain(message string) string {
	m := ofType.FindStringSubmatch(message)
	if m == nil {
		return message
	}
	want := wanted[m[2]]
	if want == "" {
		want = "a value of another form"
	}
	return "must be " + want
}

// merge reads one file into the set.
func (r *reading) merge(src source) {
	r.file = src.name
	if len(src.data) > maxFile {
		r.faultAt(nil, fmt.Sprintf("the file has %d bytes, more than %d", len(src.data), maxFile))
		return
	}
	file, err := parser.ParseBytes(src.data, 0)
	if err != nil {
		r.yamlFault(err, "")
		return
	}
	for i, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if i > 0 {
			r.faultAt(doc.Body.GetToken(), "a rules file is one YAML document; this is another one")
			return
		}
		r.sections(doc.Body)
	}
}

// sections reads the parts of a document; every part may be left out.
func (r *reading) sections(body ast.Node) {
	pairs, ok := mapping(body)
	if !ok {
		r.faultAt(body.GetToken(), "a rules file is a mapping of sections, such as profiles: and limits:")
		return
	}
	s := r.set
	for _, pair := range pairs {
		section := pair.Key.GetToken().Value
		r.place(section, pair)
		switch section {
		case "checks":
			mergeList(r, section, "id", pair.Value, &s.Checks, func(c Check) string { return string(c.ID) }, nil)
		case "precedence":
			s.Precedence = nil
			r.decode(section, pair.Value, &s.Precedence)
		case "types":
			mergeList(r, section, "code", pair.Value, &s.Types, func(t DocumentType) string { return string(t.Code) }, nil)
		case "profiles":
			mergeList(r, section, "name", pair.Value, &s.Profiles, func(p Profile) string { return p.Name }, s.newProfile)
		case "limits":
			r.decode(section, pair.Value, &s.Limits)
		case "reasons":
			mergeList(r, section, "code", pair.Value, &s.Reasons, func(x ReasonEntry) string { return string(x.Code) }, nil)
		case "details":
			mergeList(r, section, "code", pair.Value, &s.Details, func(d DetailEntry) string { return string(d.Code) }, nil)
		default:
			r.faultAt(pair.Key.GetToken(), fmt.Sprintf("unknown section %q; there are checks, precedence, types, profiles, limits, reasons and details", section))
		}
	}
}

// newProfile is what a profile starts from: the default one, so that a rule that
// a deployment forgets to name is not switched off by that.
func (s *Set) newProfile() Profile {
	for _, p := range s.Profiles {
		if p.Name == "default" {
			p.Accepted, p.Registrar, p.Source = nil, "", ""
			p.Authority.Types = maps.Clone(p.Authority.Types)
			return p
		}
	}
	return Profile{}
}

// mergeList reads a list of entries that each have a name under the given key.
func mergeList[T any](r *reading, section, key string, node ast.Node, list *[]T, name func(T) string, start func() T) {
	items, ok := node.(*ast.SequenceNode)
	if !ok {
		r.faultAt(node.GetToken(), fmt.Sprintf("%s: must be a list of entries, each with %s:", section, key))
		return
	}
	first := map[string]place{}
	for _, item := range items.Values {
		id := entryName(item, key)
		if id == "" {
			r.faultAt(item.GetToken(), fmt.Sprintf("%s: an entry without %s", section, key))
			continue
		}
		path := section + "." + id
		r.place(path, item)
		if before, twice := first[id]; twice {
			r.fault(path, "stands twice, the first time on line %d", before.line)
			continue
		}
		first[id] = r.places[path]
		mergeEntry(r, path, item, list, func(x T) bool { return name(x) == id }, start)
	}
}

// mergeEntry changes the entry of the same name, or adds a new one.
func mergeEntry[T any](r *reading, path string, item ast.Node, list *[]T, same func(T) bool, start func() T) {
	for i := range *list {
		if same((*list)[i]) {
			r.decode(path, item, &(*list)[i])
			return
		}
	}
	var entry T
	if start != nil {
		entry = start()
	}
	r.decode(path, item, &entry)
	*list = append(*list, entry)
}

// decode reads a node over what is there already.
func (r *reading) decode(path string, node ast.Node, into any) {
	r.remember(path, node)
	if err := yaml.NodeToValue(node, into, yaml.Strict()); err != nil {
		r.yamlFault(err, path)
	}
}

// remember notes where each key of a node stands.
func (r *reading) remember(path string, node ast.Node) {
	pairs, _ := mapping(node)
	for _, pair := range pairs {
		below := path + "." + pair.Key.GetToken().Value
		r.place(below, pair)
		r.remember(below, pair.Value)
	}
}

// place notes where a path stands.
func (r *reading) place(path string, node ast.Node) {
	t := node.GetToken()
	if pair, ok := node.(*ast.MappingValueNode); ok {
		t = pair.Key.GetToken()
	}
	if pairs, ok := mapping(node); ok && len(pairs) > 0 {
		t = pairs[0].Key.GetToken() // a block mapping's own token is its first colon
	}
	if t != nil && t.Position != nil {
		r.places[path] = place{r.file, t.Position.Line}
	}
}

func entryName(node ast.Node, key string) string {
	pairs, _ := mapping(node)
	for _, pair := range pairs {
		if pair.Key.GetToken().Value == key && pair.Value != nil {
			if s, ok := pair.Value.(ast.ScalarNode); ok && s.GetToken() != nil && s.Type() != ast.NullType {
				return s.GetToken().Value
			}
		}
	}
	return ""
}

func mapping(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}
