package check

import (
	"fmt"
	"strings"

	"realname/internal/review"
	"realname/internal/rules"
)

// subject is what one run looks at, and where its findings gather.
type subject struct {
	review.Facts
	set     *rules.Set
	profile rules.Profile
	kind    rules.DocumentType
	known   bool // the declared type is in the table
	found   []review.Finding
}

// families are the checks by stage, in the order of the table.
var families = map[review.StageName][]func(*subject){
	review.StageFormat:      {files},
	review.StageClarity:     {clarity, completeness},
	review.StageConsistency: {kinds, numbers, names, consistency},
	review.StageAge:         {validity, age},
	review.StageAuthority:   {authority},
}

// stages is the order in which All runs.
var stages = []review.StageName{review.StageFormat, review.StageClarity, review.StageConsistency, review.StageAge, review.StageAuthority}

// Run returns the findings of one stage. HIS-01 looks at the whole, so it is
// added with the format stage from all the others' findings.
func Run(stage review.StageName, facts review.Facts, set *rules.Set, profile rules.Profile) []review.Finding {
	found := run(stage, facts, set, profile)
	if stage != review.StageFormat {
		return found
	}
	all := found
	for _, other := range stages[1:] {
		all = append(all, run(other, facts, set, profile)...)
	}
	return append(found[:len(found):len(found)], repeated(facts, set, profile, all)...)
}

// All returns the findings of every stage.
func All(facts review.Facts, set *rules.Set, profile rules.Profile) []review.Finding {
	var all []review.Finding
	for _, stage := range stages {
		all = append(all, run(stage, facts, set, profile)...)
	}
	return append(all, repeated(facts, set, profile, all)...)
}

func run(stage review.StageName, facts review.Facts, set *rules.Set, profile rules.Profile) []review.Finding {
	s := &subject{Facts: facts, set: set, profile: profile}
	s.kind, s.known = set.Type(facts.Declared.CredentialType)
	for _, family := range families[stage] {
		family(s)
	}
	return s.found
}

// option completes a finding.
type option func(*review.Finding)

// add records a finding of a check.
func (s *subject) add(id review.CheckID, d review.Detail, options ...option) {
	f := s.set.Finding(id, d)
	for _, o := range options {
		o(&f)
	}
	s.locate(&f.Evidence)
	s.found = append(s.found, f)
}

// locate says of which upright image the evidence is.
func (s *subject) locate(e *review.Evidence) {
	for _, d := range s.Documents {
		if e.Role != "" && d.Role == e.Role && d.Picture != nil {
			e.Width, e.Height, e.Rotation = d.Picture.Width, d.Picture.Height, d.Picture.Rotation
			return
		}
	}
}

func on(field review.Field) option { return func(f *review.Finding) { f.Field = field } }

func values(declared, read string) option {
	return func(f *review.Finding) { f.Declared, f.Read = declared, read }
}

func fix(value string) option { return func(f *review.Finding) { f.Fix = value } }

func at(role review.Role, box *review.Box) option {
	return func(f *review.Finding) { f.Evidence.Role, f.Evidence.Box = role, box }
}

func measured(value, limit string) option {
	return func(f *review.Finding) { f.Evidence.Measured, f.Evidence.Limit = value, limit }
}

// param sets a placeholder's value.
func param(name string, value any) option {
	return func(f *review.Finding) {
		if f.Params == nil {
			f.Params = map[string]string{}
		}
		f.Params[name] = fmt.Sprint(value)
	}
}

// bilingual sets a placeholder that reads differently in the two languages.
func bilingual(name string, t rules.Text) option {
	return func(f *review.Finding) {
		param(name+"_zh", t.ZH)(f)
		param(name+"_en", t.EN)(f)
	}
}

// typeName names a document type in both languages, or the code when unknown.
func (s *subject) typeName(code review.CredentialType) rules.Text {
	if t, ok := s.set.Type(code); ok {
		return t.Name
	}
	return rules.Text{ZH: string(code), EN: string(code)}
}

// readings are the documents that were read. A supplement is none of them: it
// shows whatever its sender likes, so it proves and disproves nothing.
func (s *subject) readings() []review.DocumentFacts {
	var list []review.DocumentFacts
	for _, d := range s.Documents {
		if d.Reading != nil && d.Role != review.Supplement {
			list = append(list, d)
		}
	}
	return list
}

// verdict is the best that any document says of a field: confirmed before
// contradicted before unreadable. Only the side that prints name and number can
// be unreadable in them.
func (s *subject) verdict(field func(*review.Reading) review.FieldReading) (review.FieldReading, review.Role) {
	var best review.FieldReading
	var role review.Role
	for _, want := range []review.Verdict{review.Unreadable, review.Contradicted, review.Confirmed} {
		for _, d := range s.readings() {
			if f := field(d.Reading); f.Verdict == want && (want != review.Unreadable || s.keyRole(d.Role)) {
				best, role = f, d.Role
			}
		}
	}
	return best, role
}

func nameOf(r *review.Reading) review.FieldReading   { return r.Name }
func numberOf(r *review.Reading) review.FieldReading { return r.Number }

// list joins names for a sentence in each language.
func list(texts []rules.Text) rules.Text {
	var zh, en []string
	for _, t := range texts {
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	return rules.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}
