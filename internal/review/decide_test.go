package review

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

var order = Precedence{MaterialIncomplete, MaterialUnclear, MaterialUnqualified, CredentialTypeOrNumberInvalid,
	RegistrantInfoMismatch, IdentityAuthorityMismatch, ElectronicVerificationFailed, RepeatedSubmissionFailed}

func finding(id CheckID, s Severity, r Reason) Finding {
	return Finding{Check: id, Detail: Detail(id), Severity: s, Reason: r}
}

func TestDecide(t *testing.T) {
	hold := func(id CheckID, at string) Finding {
		f := finding(id, Hold, ElectronicVerificationFailed)
		f.EligibleAt = at
		return f
	}
	leading := finding("HIS-01", Fail, RepeatedSubmissionFailed)
	leading.Leads = true
	cases := []struct {
		rule    string
		in      []Finding
		kind    Kind
		primary Reason
	}{
		{"nothing approves", nil, Approved, ""},
		{"warnings never reject", []Finding{finding("A", Warn, MaterialUnclear)}, Approved, ""},
		{"a failure rejects", []Finding{finding("A", Fail, RegistrantInfoMismatch)}, Rejected, RegistrantInfoMismatch},
		{"what must be mended first leads", []Finding{finding("A", Fail, RegistrantInfoMismatch), finding("B", Fail, MaterialIncomplete)}, Rejected, MaterialIncomplete},
		{"a failure outweighs a person and a hold", []Finding{finding("A", Manual, MaterialIncomplete), hold("B", "2026-12-01T00:00:00+08:00"), finding("C", Fail, ElectronicVerificationFailed)}, Rejected, ElectronicVerificationFailed},
		{"a person outweighs a hold", []Finding{hold("B", "2026-12-01T00:00:00+08:00"), finding("A", Manual, MaterialUnclear)}, ManualReview, MaterialUnclear},
		{"a hold defers", []Finding{hold("B", "2026-12-01T00:00:00+08:00")}, Deferred, ElectronicVerificationFailed},
		{"the reason from history leads", []Finding{finding("A", Fail, MaterialIncomplete), leading}, Rejected, RepeatedSubmissionFailed},
	}
	for _, c := range cases {
		got := Decide(c.in, order, "test")
		if got.Kind != c.kind || got.Primary != c.primary || got.RuleSet != "test" {
			t.Errorf("%s: %s %s, want %s %s", c.rule, got.Kind, got.Primary, c.kind, c.primary)
		}
	}
	two := Decide([]Finding{hold("A", "2026-12-01T00:00:00+08:00"), hold("B", "2026-12-03T00:00:00+08:00")}, order, "")
	if !two.EligibleAt.Equal(time.Date(2026, 12, 3, 0, 0, 0, 0, Shanghai)) {
		t.Errorf("the latest hold counts: %v", two.EligibleAt)
	}
}

func TestFindingsStandInTheOrderOfRepair(t *testing.T) {
	in := []Finding{
		finding("W", Warn, MaterialIncomplete), finding("N", Fail, RegistrantInfoMismatch),
		finding("M", Manual, MaterialIncomplete), finding("C", Fail, MaterialUnclear),
	}
	var got []CheckID
	for _, f := range Decide(in, order, "").Findings {
		got = append(got, f.Check)
	}
	if !slices.Equal(got, []CheckID{"C", "N", "M", "W"}) {
		t.Errorf("%v", got)
	}
}

func TestDates(t *testing.T) {
	d, err := ParseDate("2024-02-29")
	if err != nil || d.AddDays(1).String() != "2024-03-01" || d.AddDays(366).DaysSince(d) != 366 {
		t.Errorf("%v %v", d, err)
	}
	for _, s := range []string{"2025-02-29", "2025-13-01", "1 May 2025", ""} {
		if _, err := ParseDate(s); err == nil {
			t.Errorf("%q was read", s)
		}
	}
	// China had daylight saving time from 1986 to 1991; a civil date does not mind.
	summer := Date{1988, time.July, 1}
	if summer.AddDays(10) != (Date{1988, time.July, 11}) || DateOf(summer.Start()) != summer {
		t.Error("a civil date moved with the clock")
	}
	// 16:00 UTC is the next day in Shanghai.
	if got := DateOf(time.Date(2026, 3, 10, 16, 0, 0, 0, time.UTC)); got != (Date{2026, time.March, 11}) {
		t.Errorf("%v", got)
	}
}

func TestDatesAsJSON(t *testing.T) {
	for text, want := range map[string]Date{`"2026-03-01"`: {2026, 3, 1}, `"2026-03"`: {2026, 3, 0}, `""`: {}} {
		var d Date
		if err := json.Unmarshal([]byte(text), &d); err != nil || d != want {
			t.Errorf("%s: %v %v", text, d, err)
		}
		if back, _ := json.Marshal(d); string(back) != text {
			t.Errorf("%s came back as %s", text, back)
		}
	}
	var d Date
	for _, bad := range []string{`"2026-02-30"`, `7`, `"x"`} {
		if json.Unmarshal([]byte(bad), &d) == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestOpenStates(t *testing.T) {
	for s, want := range map[State]bool{Queued: true, Running: true, Waiting: true, Parked: true, Decided: false, Withdrawn: false} {
		if s.Open() != want {
			t.Errorf("%s: %v", s, s.Open())
		}
	}
}

func TestTheEarlierTimeIsTheDeadline(t *testing.T) {
	early, late := time.Unix(1000, 0), time.Unix(2000, 0)
	for _, c := range []struct{ hold, timeout, want time.Time }{
		{early, late, early}, {late, early, early}, {early, time.Time{}, early}, {time.Time{}, late, late}, {},
	} {
		if got := (Submission{HoldAt: c.hold, TimesOutAt: c.timeout}).Deadline(); !got.Equal(c.want) {
			t.Errorf("%v and %v: %v", c.hold, c.timeout, got)
		}
	}
}
