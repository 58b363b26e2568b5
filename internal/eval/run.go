package eval

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"realname/internal/credential"
	"realname/internal/imaging"
	"realname/internal/reader"
	"realname/internal/review"
)

// Options says what to measure.
type Options struct {
	Labels []Label
	// Review reviews an upload; nil leaves whole reviews out.
	Review Review
	Titles []reader.TypeTitle
	// Open decodes one picture; nil opens JPEG files. A picture that cannot be
	// decoded is a fault of the set, not of the reader, and is skipped.
	Open func(ctx context.Context, path string) (*imaging.Image, error)
	// Type gives the document type for a label's kind; nil knows the words that
	// our own label files use.
	Type func(kind string) review.CredentialType
	// Complete adds the check character to 17 characters of a credit code, or
	// returns "" when they hold a character that cannot occur; nil does so by
	// package credential.
	Complete func(body string) string
	// WrongNumbers and WrongNames are how many slips are declared per picture.
	WrongNumbers, WrongNames int
	Progress                 io.Writer // one line a picture; nil for none
	Close                    func()    // what to free at the end; may be nil
}

// Row is what the reader made of one picture.
type Row struct {
	File    string         `json:"file"`
	Truth   Truth          `json:"truth"`
	Number  review.Verdict `json:"number"`
	Name    review.Verdict `json:"name"`
	Date    string         `json:"date"` // right, wrong, unread, or empty when the label has none
	Type    string         `json:"type"` // right, wrong or unread
	CPU     float64        `json:"cpu_seconds"`
	Skipped string         `json:"skipped,omitempty"`

	WrongNumbers Wrong `json:"wrong_numbers"`
	WrongNames   Wrong `json:"wrong_names"`

	Reviewed Reviewed `json:"reviewed,omitzero"`
}

// Wrong counts what the reader made of wrong declarations.
type Wrong struct {
	Tried        int      `json:"tried"`
	Confirmed    int      `json:"confirmed"`
	Contradicted int      `json:"contradicted"`
	Classes      []string `json:"classes,omitempty"` // of those wrongly confirmed
}

// Run measures all labelled pictures, one after another.
func Run(ctx context.Context, r *reader.Reader, o Options) ([]Row, error) {
	if o.Open == nil {
		o.Open = openJPEG(imaging.NewBudget(decodeMemory))
	}
	if o.Type == nil {
		o.Type = typeOf
	}
	if o.Complete == nil {
		o.Complete = complete
	}
	rows := make([]Row, 0, len(o.Labels))
	for _, l := range o.Labels {
		if err := ctx.Err(); err != nil {
			return rows, err
		}
		row, err := o.one(ctx, r, l)
		if err != nil {
			return rows, fmt.Errorf("evaluate %s: %w", l.File, err)
		}
		rows = append(rows, row)
		if o.Progress != nil {
			fmt.Fprintf(o.Progress, "%s %s %s: number %s, name %s, type %s, date %s, %.2f s\n", l.File, l.Truth, row.Reviewed.Kind, row.Number, row.Name, row.Type, row.Date, row.CPU)
		}
	}
	return rows, nil
}

// one measures one picture: the review of it as a whole and, where it is what its
// label says, the reading with true and with wrong declarations.
func (o Options) one(ctx context.Context, r *reader.Reader, l Label) (Row, error) {
	row := Row{File: l.File, Truth: l.Truth}
	if o.Review != nil {
		if err := o.review(ctx, l, &row); err != nil {
			return row, err
		}
	}
	if l.Truth != Genuine {
		return row, nil
	}
	return row, o.read(ctx, r, l, &row)
}

// read measures the reading of one picture.
func (o Options) read(ctx context.Context, r *reader.Reader, l Label, row *Row) error {
	d := review.Declared{Number: l.Number, Name: l.Name, CredentialType: o.Type(l.Kind)}
	before := cpuTime()
	page, err := o.Open(ctx, filepath.Join(l.Dir, filepath.Base(l.File)))
	if err != nil {
		row.Skipped = err.Error()
		return nil
	}
	session := r.Open(page)
	got, err := session.Read(ctx, reader.Want{Declared: d, Role: roleOf(d.CredentialType), Titles: o.Titles})
	if err != nil {
		return err
	}
	if o.Review == nil {
		row.CPU = (cpuTime() - before).Seconds()
	}
	row.Number, row.Name = got.Number.Verdict, got.Name.Verdict
	row.Type, row.Date = judgeType(d.CredentialType, got.Type), judgeDate(l.Dates, got)
	row.WrongNumbers, row.WrongNames, err = o.wrong(session, l, d)
	return err
}

// typeOf knows the words of label files; any other word is taken as our code.
func typeOf(kind string) review.CredentialType {
	switch kind {
	case "", "licence", "business_licence":
		return "YYZZ"
	case "passport":
		return "HZ"
	case "id_card", "id_card_front":
		return "SFZ"
	case "other":
		return "QT"
	}
	return review.CredentialType(kind)
}

func complete(body string) string {
	if c := credential.USCCCheck(body); c != 0 && len(body) == 17 {
		return body + string(c)
	}
	return ""
}

func roleOf(t review.CredentialType) review.Role {
	switch t {
	case "SFZ", "GAJMTX", "TWJMTX", "GAJZZ", "TWJZZ", "WJLSFZ", "JGZ":
		return review.PortraitSide
	case "HZ":
		return review.DataPage
	}
	return review.Licence
}

func judgeType(want, got review.CredentialType) string {
	switch got {
	case "":
		return "unread"
	case want:
		return "right"
	}
	return "wrong"
}

// judgeDate counts a date as right when any printed date of the label was read.
func judgeDate(want []review.Date, got review.Reading) string {
	read := []review.Date{got.Established, got.Issued, got.Expires}
	all := true
	for _, d := range read {
		all = all && d.IsZero()
		if slices.Contains(want, d) {
			return "right"
		}
	}
	switch {
	case len(want) == 0:
		return ""
	case all:
		return "unread"
	}
	return "wrong"
}

// wrong declares slips of the label's number and name. A slip counts against
// the reader only when it is confirmed.
func (o Options) wrong(s *reader.Session, l Label, d review.Declared) (numbers, names Wrong, err error) {
	for _, m := range Numbers(l.Number, l.File, o.WrongNumbers, o.Complete) {
		got := s.Number(review.Declared{Number: m.Value, CredentialType: d.CredentialType})
		numbers.count(m, got)
	}
	for _, m := range Names(l.Name, l.File, o.WrongNames) {
		got, err := s.Name(review.Declared{Name: m.Value, CredentialType: d.CredentialType})
		if err != nil {
			return numbers, names, err
		}
		names.count(m, got)
	}
	return numbers, names, nil
}

func (w *Wrong) count(m Mutation, got review.FieldReading) {
	w.Tried++
	switch got.Verdict {
	case review.Confirmed:
		w.Confirmed++
		w.Classes = append(w.Classes, m.Class)
	case review.Contradicted:
		w.Contradicted++
	}
}

// decodeMemory is what one decode may take; pictures are opened one at a time.
const decodeMemory = 2 << 30

// openJPEG opens files as the service would: within its limits.
func openJPEG(b *imaging.Budget) func(context.Context, string) (*imaging.Image, error) {
	return func(ctx context.Context, path string) (*imaging.Image, error) {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read picture: %w", err)
		}
		file := imaging.Probe(data, "jpg", imaging.DefaultLimits)
		if file.Fault != review.FileFine {
			return nil, fmt.Errorf("not a JPEG that can be decoded: %s", file.Fault)
		}
		m, fault, err := imaging.Decode(ctx, data, file, b)
		if err == nil && fault != review.FileFine {
			err = fmt.Errorf("does not decode: %s", fault)
		}
		return m, err
	}
}
