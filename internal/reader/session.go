package reader

import (
	"context"
	"slices"

	"realname/internal/credential"
	"realname/internal/imaging"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

// Session is one picture opened for reading. Reading it for another
// declaration repeats no work, and gives what a fresh session would give.
type Session struct {
	reader *Reader
	page   *imaging.Image
	sheets [4]*sheet // by quarter turns

	upright int         // quarter turns of the last reading
	place   *review.Box // where it found the number
}

// Open prepares a picture for reading. A session belongs to its reader's
// goroutine.
func (r *Reader) Open(p *imaging.Image) *Session { return &Session{reader: r, page: p} }

// sheet finds the print of the page turned by quarter turns clockwise.
func (s *Session) sheet(turns int, b *budget) *sheet {
	b.spend(costPage)
	if s.sheets[turns] == nil {
		s.sheets[turns] = newSheet(s.page.Turned(turns))
	}
	s.sheets[turns].budget = b
	return s.sheets[turns]
}

// leastSide is below which a picture holds no print at all, in pixels.
const leastSide = 16

// Read compares the picture with what was declared. It is read upright first;
// only a picture that shows neither number nor title is turned.
func (s *Session) Read(ctx context.Context, w Want) (review.Reading, error) {
	if s.page.Width < leastSide || s.page.Height < leastSide {
		none := review.FieldReading{Verdict: review.Unreadable}
		return review.Reading{Title: none, Name: none, Number: none}, nil
	}
	s.reader.han.Page(ctx)
	b := &budget{left: documentBudget}
	var first review.Reading
	for i, turns := range s.surestFirst(s.turns(b), w.Declared) {
		if err := ctx.Err(); err != nil {
			return first, err
		}
		got, err := s.reader.read(s.sheet(turns, b), w)
		got.Rotation = turns * 90
		if err != nil || convincing(got) {
			s.upright, s.place = turns, numberPlace(got.Number)
			return got, err
		}
		if i == 0 {
			first = got
		}
		if b.left < costPage+10*costLine {
			break
		}
	}
	return first, nil
}

// convincing reports whether a reading shows that the picture is upright.
func convincing(r review.Reading) bool {
	return r.Title.Verdict == review.Confirmed || r.Number.Verdict == review.Confirmed || r.Number.Verdict == review.Contradicted ||
		r.Name.Verdict == review.Confirmed
}

// turns orders the four directions: lines of print run across the page, so a
// picture with more print in columns than in lines is tried on its side first.
func (s *Session) turns(b *budget) []int {
	up := s.sheet(0, b)
	side := make([]layout.Box, len(up.boxes))
	for i, o := range up.boxes {
		side[i] = layout.Box{X0: o.Y0, Y0: o.X0, X1: o.Y1, Y1: o.X1, Area: o.Area}
	}
	columns, lines := across(layout.Lines(side, 1.2)), across(up.lines)
	switch {
	case columns > 2*lines:
		return []int{1, 3}
	case columns > 1.3*lines:
		return []int{1, 3, 0, 2}
	case lines > 2*columns:
		return []int{0, 2}
	}
	return []int{0, 2, 1, 3}
}

// surestFirst puts the direction first in which a number can be read: that is
// cheap to find out, while titles and names of a page on its head would use up
// the whole budget. Its work is bounded by itself.
func (s *Session) surestFirst(order []int, d review.Declared) []int {
	for i, turns := range order {
		probe := &budget{left: costPage + probeStrips*costStrip}
		if titled(d.CredentialType) {
			probe.left *= 3 // short numbers are looked for last
		}
		n := s.probe(turns, probe, d)
		if n.Verdict == review.Confirmed || n.Verdict == review.Contradicted {
			return append([]int{turns}, slices.Delete(slices.Clone(order), i, i+1)...)
		}
	}
	return order
}

// probe looks for the number on one side; of a passport in its machine-readable line.
func (s *Session) probe(turns int, b *budget, d review.Declared) review.FieldReading {
	up := s.sheet(turns, b)
	if d.CredentialType == "HZ" {
		if got, _, ok := s.reader.machineLine(up, d.Number); ok {
			return got
		}
	}
	d.Number = forLife(d)
	return s.reader.number(up, d)
}

// across is the length of all lines that are clearly longer than high.
func across(lines []layout.Line) float64 {
	sum := 0.0
	for _, l := range lines {
		if l.W() > 4*l.H() {
			sum += float64(l.W())
		}
	}
	return sum
}

// read reads one sheet in the order of cost.
func (r *Reader) read(s *sheet, w Want) (review.Reading, error) {
	var out review.Reading
	var err error
	out.Number = r.numberOrCode(s, w.Declared)
	if w.Declared.CredentialType == "HZ" {
		if _, line, ok := r.machineLine(s, w.Declared.Number); ok {
			out.Expires = line.expires
			out.Issued, out.IssueDate = r.passportIssue(s, line.expires)
		}
	}
	if out.Type, out.Title, err = r.titleOnce(s, w.Titles); err != nil {
		return out, err
	}
	if out.Type == "" {
		out.Type, out.Title = r.passport(s, out.Number)
	}
	if out.Type == "" {
		out.Type, out.Title = r.cardByLabel(s, out.Number)
	}
	if out.Number.Verdict == review.Unreadable && out.Type == "" && len(s.runs) == 0 {
		return out, nil // nothing to go by: turned, or no document at all
	}
	s.legalPerson, s.legalPersonBox = "", nil
	if out.Name, err = r.nameOrCode(s, w.Declared, numberPlace(out.Number)); err != nil {
		return out, err
	}
	out.LegalPerson, out.LegalPersonBox = s.legalPerson, s.legalPersonBox
	if w.Declared.CredentialType == "HZ" {
		out.IssueDate = compareDate(w.Declared.IssueDate, out.Issued, out.IssueDate)
	} else {
		r.readDates(s, w, &out)
	}
	out.Words, out.WordsBox = r.findOverlay(s)
	out.Second = r.secondNumber(s, w.Declared, out.Number)
	s.summarise(&out)
	return out, nil
}

// numberOrCode looks for the declared number in print, then in a QR code.
func (r *Reader) numberOrCode(s *sheet, d review.Declared) review.FieldReading {
	if d.Number == "" {
		return review.FieldReading{}
	}
	d.Number = forLife(d)
	if d.CredentialType == "HZ" {
		if got, _, ok := r.machineLine(s, d.Number); ok {
			return got
		}
	}
	got := r.number(s, d)
	if got.Verdict == review.Confirmed {
		return got
	}
	if c, ok := s.findCode(); ok {
		return c.settle(d.Number, got)
	}
	return got
}

// forLife is the part of a permit's number that its card prints in one piece: the
// renewal count stands apart, or nowhere.
func forLife(d review.Declared) string {
	switch d.CredentialType {
	case "GAJMTX":
		return credential.Comparable(credential.HKMacaoPermit, d.Number)
	case "TWJMTX":
		return credential.Comparable(credential.TaiwanPermit, d.Number)
	}
	return d.Number
}

// nameOrCode looks for the declared name in print, then in a QR code.
func (r *Reader) nameOrCode(s *sheet, d review.Declared, number *review.Box) (review.FieldReading, error) {
	got, err := r.name(s, d, number)
	if err != nil || got.Verdict == review.Confirmed || d.Name == "" {
		return got, err
	}
	if c, ok := s.findCode(); ok && c.hasName(d.Name) {
		return review.FieldReading{Verdict: review.Confirmed, Read: d.Name, Confidence: 1, Means: "qr", Box: c.box}, nil
	}
	return got, nil
}

// Number compares the number alone, on the side that an earlier Read of this
// session found to be up; so many declarations can be tried on one picture.
func (s *Session) Number(d review.Declared) review.FieldReading {
	return s.reader.numberOrCode(s.sheet(s.upright, &budget{left: documentBudget}), d)
}

// Name compares the name alone; see Number.
func (s *Session) Name(d review.Declared) (review.FieldReading, error) {
	return s.reader.nameOrCode(s.sheet(s.upright, &budget{left: documentBudget}), d, s.place)
}

// summarise adds what concerns the page as a whole.
func (s *sheet) summarise(out *review.Reading) {
	out.Lines = len(s.lines)
	var all []float64
	for _, t := range s.texts {
		all = append(all, t.confidence)
	}
	slices.Sort(all)
	if len(all) > 0 {
		out.Confidence = all[len(all)/2]
	}
}

// numberPlace is where the number was found, nil when that is not certain. A
// passport prints it above the name, too: so far above the machine-readable line as
// pages of the standard's size have it.
func numberPlace(f review.FieldReading) *review.Box {
	if f.Means == "mrz" && f.Box != nil {
		b := *f.Box
		b.Y = max(b.Y-b.W*23/10, 0)
		return &b
	}
	if f.Verdict == review.Confirmed && f.Means != "qr" || f.Verdict == review.Contradicted && f.Means != "qr" {
		return f.Box
	}
	return nil
}
