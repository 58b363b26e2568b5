package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"realname/internal/review"
)

// A wrong rules file stops the start, and each fault names file, line and key.
func TestAWrongRulesFileIsRefusedWithItsPlace(t *testing.T) {
	const text = "title: {zh: 甲, en: a}, explanation: {zh: 乙, en: b}, operations: {zh: 丁, en: d}"
	for rule, c := range map[string]struct{ yaml, want string }{
		"unknown section":       {"\nprofils: []\n", `:2: unknown section "profils"`},
		"section twice":         {"limits: {}\nlimits: {}\n", `:2: mapping key "limits" already defined`},
		"unknown key":           {"profiles:\n  - name: mine\n    colour: red\n", `:3: profiles.mine: unknown field "colour"`},
		"text for a number":     {"profiles:\n  - name: mine\n    files: {min_bytes: x}\n", ":3: profiles.mine: must be a whole number"},
		"key twice":             {"profiles:\n  - name: mine\n    name: his\n", `:3: mapping key "name" already defined`},
		"entry twice":           {"profiles:\n  - name: mine\n  - name: mine\n", ":3: profiles.mine: stands twice, the first time on line 2"},
		"entry without name":    {"profiles:\n  - source: x\n", ":2: profiles: an entry without name"},
		"no list":               {"profiles:\n  mine: {}\n", ":2: profiles: must be a list"},
		"no mapping":            {"- profiles\n", ":1: a rules file is a mapping"},
		"wrong kind":            {"limits:\n  max_side: 1\n  max_pixels: many\n", ":3: limits: must be a whole number"},
		"not YAML":              {"limits:\n  a: [", ":2: "},
		"two documents":         {"limits: {}\n---\nlimits: {}\n", ":3: a rules file is one YAML document"},
		"too long":              {"#" + strings.Repeat("x", maxFile), ":1: the file has 1048577 bytes"},
		"max below min":         {"profiles:\n  - name: mine\n    files:\n      max_bytes: 10\n", ":4: profiles.mine.files.max_bytes: 10 is not above min_bytes, 56320"},
		"overlapping sizes":     {"profiles:\n  - name: mine\n    files: {min_bytes: 10}\n", ":3: profiles.mine.files.soft_min_bytes: 55000"},
		"negative days":         {"profiles:\n  - name: mine\n    age:\n      min_days: -1\n", ":4: profiles.mine.age.min_days: -1"},
		"negative count":        {"profiles:\n  - {name: mine, repeated_after: -1}\n", ":2: profiles.mine.repeated_after: -1"},
		"too many days":         {"profiles:\n  - {name: mine, hold_after_days: 9999}\n", ":2: profiles.mine.hold_after_days: 9999"},
		"no extension":          {"profiles:\n  - {name: mine, files: {extensions: []}}\n", ":2: profiles.mine.files.extensions"},
		"extension with dot":    {"profiles:\n  - {name: mine, files: {extensions: [.JPG]}}\n", `".JPG" must be lower case`},
		"unknown type":          {"profiles:\n  - name: mine\n    accepted: [NOPE]\n", `:3: profiles.mine.accepted: "NOPE" is no document type`},
		"unknown registrar":     {"profiles:\n  - name: mine\n    registrar: nope\n", `:3: profiles.mine.registrar: no document type has a code of registrar "nope"`},
		"limits that overlap":   {"limits:\n  blur_warn: 0.5\n", "limits.blur_fail: 0.2 is not between 0.5 and 1"},
		"a negative limit":      {"limits:\n  max_pixels: -1\n", ":2: limits.max_pixels: -1"},
		"a share above 1":       {"limits:\n  glare_share: 1.5\n", ":2: limits.glare_share: 1.5"},
		"no number":             {"limits:\n  glare_share: .nan\n", ":2: limits.glare_share: NaN"},
		"unknown reason":        {"checks:\n  - id: FMT-01\n    reason: nope\n", `:3: checks.FMT-01.reason: reason "nope" is not in the catalogue`},
		"unknown second reason": {"checks:\n  - id: FMT-01\n    also: [nope]\n", `:3: checks.FMT-01.also: reason "nope"`},
		"unknown stage":         {"checks:\n  - id: FMT-01\n    stage: nope\n", `:3: checks.FMT-01.stage: "nope" is not one of format`},
		"unknown detail":        {"checks:\n  - id: FMT-01\n    details: {nope: fail}\n", ":3: checks.FMT-01.details.nope: no detail of this code"},
		"orphaned detail":       {"checks:\n  - id: FMT-01\n    details: {file_empty: fail}\n", "details-file.yaml:7: details.file_not_jpeg: no check names this detail"},
		"detail of two checks":  {"checks:\n  - id: FMT-02\n    details: {file_renamed: fail, file_empty: fail}\n", ":3: checks.FMT-02.details.file_empty: the detail belongs to FMT-01 already"},
		"unknown severity":      {"checks:\n  - id: FMT-01\n    severity: maybe\n", `:3: checks.FMT-01.severity: "maybe" is not one of`},
		"severity of a detail":  {"checks:\n  - id: FMT-02\n    details: {file_renamed: maybe}\n", `:3: checks.FMT-02.details.file_renamed: "maybe"`},
		"bad check id":          {"checks:\n  - id: fmt1\n", ":2: checks.fmt1: an id is three capitals"},
		"no source":             {"checks:\n  - id: FMT-01\n    source:\n", "" /* null keeps what was there */},
		"precedence short":      {"precedence: [material_unclear]\n", `:1: precedence: reason "material_incomplete" is missing`},
		"precedence twice":      {"precedence: [material_unclear, material_unclear]\n", `:1: precedence: reason "material_unclear" stands twice`},
		"precedence unknown":    {"precedence: [nope]\n", `:1: precedence: reason "nope" is not in the catalogue`},
		"one language":          {"reasons:\n  - code: ext_naming_rejected\n    title: {zh: 甲, en: \"\"}\n", ":3: reasons.ext_naming_rejected.title.en: the text is missing"},
		"no remedy":             {"details:\n  - {code: mine, " + text + "}\n", ":2: details.mine.remedy.zh: the text is missing"},
		"no voice for staff":    {"reasons:\n  - code: ext_mine\n", ":2: reasons.ext_mine.operations.en: the text is missing"},
		"reason in no order":    {"reasons:\n  - {code: ext_mine, remedy: {zh: 丙, en: c}, " + text + "}\n", `precedence: reason "ext_mine" is missing`},
		"number taken":          {"reasons:\n  - code: ext_naming_rejected\n    number: 3\n", ":3: reasons.ext_naming_rejected.number: 3 is registrant_info_mismatch already"},
		"placeholder in reason": {"reasons:\n  - code: ext_naming_rejected\n    remedy: {zh: \"{x}\", en: c}\n", ":3: reasons.ext_naming_rejected.remedy: a reason has no placeholders, but {x}"},
		"loose placeholder":     {"details:\n  - code: file_empty\n    title: {zh: \"{x}\", en: \"{x}\"}\n", ":3: details.file_empty.title: placeholder {x} is not among the params"},
		"other placeholders":    {"details:\n  - code: file_too_small\n    title: {zh: \"{limit}\", en: b}\n", ":3: details.file_too_small.title: zh has the placeholders [limit], en has []"},
		"loose brace":           {"details:\n  - code: file_empty\n    title: {zh: \"{\", en: b}\n", ":3: details.file_empty.title.zh: a brace stands for no placeholder"},
		"unused param":          {"details:\n  - code: file_empty\n    params: {x: text}\n", ":3: details.file_empty.params.x: no text uses this placeholder"},
		"unknown kind":          {"details:\n  - code: file_too_small\n    params: {measured: weight, limit: size}\n", `:3: details.file_too_small.params.measured: "weight" is not one of`},
		"example of other kind": {"details:\n  - code: expired\n    example: {measured: soon}\n", `:3: details.expired.example.measured: "soon" is no value of the kind date`},
		"an essay":              {"details:\n  - code: file_empty\n    title: {zh: 甲, en: " + strings.Repeat("x", maxText+1) + "}\n", ":3: details.file_empty.title.en: the text has more than"},
		"unknown format":        {"types:\n  - code: SFZ\n    numbers: [nope]\n", `:3: types.SFZ.numbers: "nope" is not one of uscc`},
		"unknown role":          {"types:\n  - code: SFZ\n    optional: [front, emblem_side]\n", `:3: types.SFZ.optional: "front" is not one of licence`},
		"role twice":            {"types:\n  - code: SFZ\n    optional: [portrait_side, emblem_side]\n", ":3: types.SFZ.optional: portrait_side is required already"},
		"unknown holder":        {"types:\n  - code: SFZ\n    holders: [cat]\n", `:3: types.SFZ.holders: "cat" is not one of individual`},
		"unknown residence":     {"types:\n  - code: SFZ\n    residents: moon\n", `:3: types.SFZ.residents: "moon" is not one of mainland`},
		"age without side":      {"types:\n  - code: SFZ\n    issue_on: licence\n", `:3: types.SFZ.issue_on: "licence"`},
		"expiry not needed":     {"types:\n  - code: SFZ\n    expires: false\n", ":3: types.SFZ.expires: is false, but expiry_on names emblem_side"},
		"empty code":            {"types:\n  - code: SFZ\n    codes: {tencent: \"\"}\n", ":3: types.SFZ.codes.tencent: the code is empty"},
		"new type with nothing": {"types:\n  - code: MINE\n", ":2: types.MINE: roles, holders and numbers must not be empty"},
	} {
		_, err := Load([]byte(c.yaml))
		switch want := c.want; {
		case want == "":
			if err != nil {
				t.Errorf("%s: %v", rule, err)
			}
		case err == nil:
			t.Errorf("%s was loaded", rule)
		default:
			if strings.HasPrefix(want, ":") {
				want = "rules file" + want
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v\nwant %s", rule, err, want)
			}
		}
	}
}

// All faults are told at once.
func TestAllFaultsOfAFileAreToldAtOnce(t *testing.T) {
	_, err := Load([]byte("limits:\n  max_pixels: -1\n  max_side: -1\n"))
	if err == nil || len(strings.Split(err.Error(), "\n")) != 2 {
		t.Errorf("%v", err)
	}
}

func TestAFileIsNamedByItsPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.yaml")
	if _, err := LoadFiles(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := os.WriteFile(path, []byte("limits: {max_side: 0}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFiles(path); err == nil || !strings.HasPrefix(err.Error(), path+":1: limits.max_side") {
		t.Errorf("%v", err)
	}
}

// An override says only what differs: nothing that it leaves out is switched off.
func TestAnOverrideChangesOnlyWhatItNames(t *testing.T) {
	s, err := Load([]byte(`
limits: {max_side: 9000}
profiles:
  - name: default
    repeated_after: 5
  - name: mine
    files: {max_bytes: 2097152}
checks:
  - id: CLR-05
    severity: warn
`))
	if err != nil {
		t.Fatal(err)
	}
	base := Default()
	was, _ := base.Profile("default")
	now, _ := s.Profile("default")
	mine, _ := s.Profile("mine")
	if now.RepeatedAfter != 5 || now.Age != was.Age || now.Files.MaxBytes != was.Files.MaxBytes {
		t.Errorf("default: %+v", now)
	}
	if mine.Files.MaxBytes != 2<<20 || mine.Files.MinBytes != was.Files.MinBytes || mine.Age != was.Age || mine.RepeatedAfter != 5 {
		t.Errorf("a new profile must start as the default one stands: %+v", mine)
	}
	if s.Limits.MaxSide != 9000 || s.Limits.MaxPixels != base.Limits.MaxPixels {
		t.Errorf("limits: %+v", s.Limits)
	}
	if c, _ := s.Check("CLR-05"); c.Severity != review.Warn || c.Reason != review.MaterialUnclear {
		t.Errorf("%+v", c)
	}
	if s.Version == base.Version {
		t.Error("another rule set has the same version")
	}
	if again := Default(); again.Limits.MaxSide == 9000 {
		t.Error("an override reached the built-in rules")
	}
}

func TestAnEmptyFileChangesNothing(t *testing.T) {
	for _, data := range []string{"", "# nothing yet\n", "---\n"} {
		if _, err := Load([]byte(data)); err != nil {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// FuzzLoad reads foreign bytes as a rules file over nothing: no panic, and every
// fault says where.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"profiles:\n  - name: mine\n", "limits: {max_pixels: 1}", "a: &a [*a]", "checks: [{id: X}]\n---\n", "types:\n- code: [1]\n",
		"details:\n  - code: a\n    params: {x: text}\n    title: {zh: \"{x}\"}\n", "reasons: {<<: *x}", "!!binary x", "? [a]\n: b\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newReading()
		r.merge(source{"f", data})
		for _, err := range r.faults {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("no place: %v", err)
			}
		}
		r.set.fillAccepted()
		r.validate()
	})
}
