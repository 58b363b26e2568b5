package check

import (
	"time"

	"realname/internal/review"
)

// dates are the declared dates beside those that were read.
type dates struct {
	issued, expires review.Date
	longTerm        bool
	expiryRead      bool        // the expiry was read, not declared
	readExpiry      review.Date // the earliest expiry that was read, if any
	expiry          place       // where
	read            review.Date // issue date as read, if any
	established     review.Date
	founding        place
	role            review.Role
	box             *review.Box
}

// place is where on which document something stands.
type place struct {
	role review.Role
	box  *review.Box
}

// dates gathers them: what was read fills what was not declared. A read date
// that contradicts the declared one is a finding, not a silent correction.
func (s *subject) dates() dates {
	d := dates{issued: s.Declared.IssueDate, expires: s.Declared.ExpiryDate, longTerm: s.Declared.LongTerm}
	for _, doc := range s.readings() {
		r := doc.Reading
		if !r.Issued.IsZero() && d.read.IsZero() {
			d.read, d.role, d.box = r.Issued, doc.Role, r.IssueDate.Box
		}
		if !r.Established.IsZero() && d.established.IsZero() {
			d.established, d.founding = r.Established, place{doc.Role, r.EstablishedBox}
		}
		if d.expires.IsZero() && !d.longTerm {
			d.expires, d.longTerm, d.expiryRead = r.Expires, r.LongTerm, true
		}
		if r.Expires.HasDay() && !r.LongTerm && (d.readExpiry.IsZero() || r.Expires.Before(d.readExpiry)) {
			d.readExpiry, d.expiry = r.Expires, place{doc.Role, r.ExpiresBox}
		}
	}
	switch {
	case d.issued.IsZero() && !s.future(d.read), sameMonth(d.issued, d.read) && !d.issued.HasDay():
		d.issued = d.read
	}
	return d
}

// future reports whether the date, or the whole of its month, lies ahead. No
// document says so of its own issue: such a reading is a misreading.
func (s *subject) future(d review.Date) bool {
	if d.IsZero() {
		return false
	}
	d.Day = max(d.Day, 1)
	return d.Start().After(s.Now)
}

func sameMonth(a, b review.Date) bool {
	return !a.IsZero() && a.Year == b.Year && a.Month == b.Month
}

// validity are EXP-01 to EXP-03. A Chinese end date is valid through that day.
func validity(s *subject) {
	if !s.known {
		return
	}
	d, today := s.dates(), review.DateOf(s.Now)
	if s.future(d.issued) {
		s.add("EXP-03", "not_yet_valid", on(review.FieldIssueDate), at(d.role, d.box), measured(d.issued.String(), today.String()))
	}
	if !s.kind.Expires {
		return
	}
	declaredValid := d.longTerm || !d.expires.HasDay() || !d.expires.Before(today)
	if !d.expiryRead && declaredValid && !d.readExpiry.IsZero() && d.readExpiry.Before(today) {
		s.add("EXP-01", "expired_by_reading", on(review.FieldExpiryDate), at(d.expiry.role, d.expiry.box), values(d.expires.String(), d.readExpiry.String()),
			measured(d.readExpiry.String(), today.String()))
	}
	if d.longTerm || !d.expires.HasDay() {
		return
	}
	left := d.expires.DaysSince(today)
	switch {
	case left < 0 && d.expiryRead: // one misread digit must not refuse anybody
		s.add("EXP-01", "expired_by_reading", on(review.FieldExpiryDate), at(d.expiry.role, d.expiry.box), measured(d.expires.String(), today.String()))
	case left < 0:
		s.add("EXP-01", "expired", on(review.FieldExpiryDate), measured(d.expires.String(), today.String()))
	case left <= s.profile.Age.NearExpiryDays:
		s.add("EXP-02", "near_expiry", on(review.FieldExpiryDate), measured(d.expires.String(), ""), param("days", left))
	}
}

// age are AGE-01 to AGE-03.
func age(s *subject) {
	if !s.known || !s.kind.Age {
		return
	}
	d := s.dates()
	s.clash(d)
	switch {
	case s.future(d.issued): // EXP-03 says it
	case d.issued.IsZero():
		s.unknownIssue(d)
	case d.issued.HasDay():
		s.tooNew(d.issued, d)
	default:
		s.monthOnly(d)
	}
}

// clash is AGE-03: a declared date that the document contradicts, or one before
// the organisation existed.
func (s *subject) clash(d dates) {
	declared := s.Declared.IssueDate
	read := d.read
	if declared.IsZero() {
		return
	}
	switch {
	case read.HasDay() && declared.HasDay() && read != declared, !read.IsZero() && !sameMonth(declared, read):
		s.add("AGE-03", "date_clash", on(review.FieldIssueDate), at(d.role, d.box), values(declared.String(), read.String()),
			param("declared_date", declared), param("measured", read))
	case d.established.HasDay() && declared.HasDay() && declared.Before(d.established):
		s.add("AGE-03", "date_clash", on(review.FieldIssueDate), at(d.founding.role, d.founding.box), values(declared.String(), d.established.String()),
			param("declared_date", declared), param("measured", d.established))
	}
}

// longEstablished is after how many days a holder's certificate is most likely
// not its first one. A re-issue cannot be excluded, so it is still said.
const longEstablished = 60

// unknownIssue is AGE-02. Where the side that prints the date was sent, a person
// reads it, unless the holder was established long ago; where it was not asked
// for, that is only said.
func (s *subject) unknownIssue(d dates) {
	sent, broken := false, false
	for _, doc := range s.Documents {
		sent = sent || doc.Role == s.kind.IssueOn && doc.Picture != nil
		broken = broken || doc.Role == s.kind.IssueOn && doc.Picture == nil
	}
	switch {
	case !sent && broken: // the file's own fault is told; what it would have shown is unknown
	case !sent:
		s.add("AGE-02", "issue_date_not_shown", on(review.FieldIssueDate))
	case d.established.HasDay() && review.DateOf(s.Now).DaysSince(d.established) > longEstablished:
		s.add("AGE-02", "issue_date_unread", on(review.FieldIssueDate), at(s.kind.IssueOn, nil), param("measured", d.established))
	default:
		s.add("AGE-02", "issue_date_unknown", on(review.FieldIssueDate), at(s.kind.IssueOn, nil))
	}
}

// monthOnly decides by year and month where that is enough: when even the last
// day of the month is old enough, or the first day is not.
func (s *subject) monthOnly(d dates) {
	first := review.Date{Year: d.issued.Year, Month: d.issued.Month, Day: 1}
	last := review.DateOf(first.Start().AddDate(0, 1, -1))
	switch {
	case !s.eligible(last).After(s.Now):
	default:
		s.add("AGE-02", "issue_date_unknown", on(review.FieldIssueDate), at(d.role, d.box))
	}
}

// eligible is the first instant at which a document of the date is old enough:
// the day of issue is not counted (Civil Code, art. 201); under the strict
// reading the last day must have ended (art. 203).
func (s *subject) eligible(issued review.Date) time.Time {
	days := s.profile.Age.MinDays
	if s.profile.Age.FullLastDay {
		days++
	}
	return issued.AddDays(days).Start()
}

func (s *subject) tooNew(issued review.Date, d dates) {
	when := s.eligible(issued)
	if !when.After(s.Now) {
		return
	}
	s.add("AGE-01", "too_new", on(review.FieldIssueDate), at(d.role, d.box),
		func(f *review.Finding) { f.EligibleAt = when.Format(time.RFC3339) },
		param("measured", issued), param("limit", s.profile.Age.MinDays))
}
