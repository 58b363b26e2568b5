package eval

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"realname/internal/credential"
	"realname/internal/review"
)

// Truth is what a picture is, whatever is declared with it.
type Truth string

// The truths, by columns that label files carry.
const (
	Genuine Truth = "genuine" // a document whose label is what it prints
	Altered Truth = "altered" // checksum_ok is no: fields were painted over
	Foreign Truth = "foreign" // class is given: another document, a specimen or no document
	Broken  Truth = "broken"  // group is given: a file made to break decoders
)

var truths = []Truth{Genuine, Altered, Foreign, Broken}

// Upload is one review to make.
type Upload struct {
	Declared  review.Declared
	Role      review.Role
	Extension string
	Data      []byte
}

// Review reviews an upload as the service does.
type Review func(context.Context, Upload) (review.Outcome, error)

// Reviewed is what whole reviews made of one picture. Of several declarations it
// keeps the mildest outcome: what must not pass must not pass with any.
type Reviewed struct {
	Kind     review.Kind `json:"outcome,omitempty"`
	Tried    int         `json:"declarations,omitempty"`
	Approved int         `json:"approved,omitempty"`
	Refused  int         `json:"refused,omitempty"`
	// ByPicture counts refusals by a check of clarity, completeness or type.
	ByPicture int `json:"refused_by_picture,omitempty"`
	// Unexplained counts those not approved without a reason that can be told.
	Unexplained int             `json:"unexplained,omitempty"`
	Findings    []review.Detail `json:"findings,omitempty"` // that kept it from passing
}

// mildness orders the kinds of outcome.
var mildness = map[review.Kind]int{review.Approved: 3, review.Deferred: 2, review.ManualReview: 1, review.Rejected: 0}

func (r *Reviewed) add(o review.Outcome) {
	if r.Tried == 0 || mildness[o.Kind] > mildness[r.Kind] {
		r.Kind = o.Kind
	}
	r.Tried++
	picture := false
	for _, f := range o.Findings {
		if f.Severity == review.Warn {
			continue
		}
		picture = picture || f.Severity == review.Fail && (f.Stage == review.StageClarity || strings.HasPrefix(string(f.Check), "TYP-"))
		if !slices.Contains(r.Findings, f.Detail) {
			r.Findings = append(r.Findings, f.Detail)
		}
	}
	slices.Sort(r.Findings)
	switch {
	case o.Kind == review.Approved:
		r.Approved++
		return
	case o.Kind == review.Rejected:
		r.Refused++
	}
	if picture {
		r.ByPicture++
	}
	if o.Primary == "" {
		r.Unexplained++
	}
}

// The values that are declared with pictures that show others.
const (
	madeUpName = "样本市模拟贸易有限公司"
	madeUpBody = "91440300MA5EXA00" // a credit code without its last two characters
)

// declarations are what is declared with a picture: with a document what it
// prints, with anything else that it were a business licence, once with what its
// label says and once with made-up values, and as what it looks like.
func (o Options) declarations(l Label) []review.Declared {
	own := review.Declared{CredentialType: o.Type(l.Kind), Number: l.Number, Name: l.Name}
	if l.Truth == Genuine {
		return []review.Declared{own}
	}
	invented := review.Declared{CredentialType: "YYZZ", Number: o.madeUp(), Name: madeUpName}
	list := []review.Declared{invented}
	if l.Number != "" || l.Name != "" {
		list = append(list, review.Declared{CredentialType: "YYZZ", Number: cmp.Or(l.Number, invented.Number), Name: cmp.Or(l.Name, invented.Name)})
	}
	if t := own.CredentialType; l.Truth == Foreign && l.Kind != "" && t != "QT" && t != "YYZZ" {
		list = append(list, review.Declared{CredentialType: t, Number: cmp.Or(l.Number, invented.Number), Name: cmp.Or(l.Name, invented.Name)})
	}
	return list
}

// madeUp is a credit code that checks, the organisation code inside it too, and that
// nobody holds: what must not pass must not be held back by its number alone.
func (o Options) madeUp() string {
	return o.Complete(madeUpBody + string(credential.OrganisationCheck(madeUpBody[8:])))
}

// review reviews one picture with all its declarations; the processor time is that
// of the first.
func (o Options) review(ctx context.Context, l Label, row *Row) error {
	data, err := os.ReadFile(filepath.Join(l.Dir, filepath.Base(l.File)))
	if err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	extension := strings.ToLower(strings.TrimPrefix(filepath.Ext(l.File), "."))
	for i, d := range o.declarations(l) {
		before := cpuTime()
		outcome, err := o.Review(ctx, Upload{d, roleOf(d.CredentialType), extension, data})
		if err != nil {
			return err
		}
		if row.Reviewed.add(outcome); i == 0 {
			row.CPU = (cpuTime() - before).Seconds()
		}
	}
	return nil
}

// Group sums up the reviews of the pictures of one truth.
type Group struct {
	Truth       Truth `json:"truth"`
	Pictures    int   `json:"pictures"`
	Approved    Share `json:"approved"`
	Refused     Share `json:"refused"`
	ByPicture   Share `json:"refused_by_picture"`
	Unexplained Share `json:"unexplained"`
}

// groups sums up reviews by truth.
func groups(rows []Row) []Group {
	var out []Group
	for _, truth := range truths {
		var sum Reviewed
		n := 0
		for _, r := range rows {
			if r.Truth == truth && r.Reviewed.Tried > 0 {
				n++
				sum.Tried, sum.Approved, sum.Refused = sum.Tried+r.Reviewed.Tried, sum.Approved+r.Reviewed.Approved, sum.Refused+r.Reviewed.Refused
				sum.ByPicture, sum.Unexplained = sum.ByPicture+r.Reviewed.ByPicture, sum.Unexplained+r.Reviewed.Unexplained
			}
		}
		if n > 0 {
			out = append(out, Group{truth, n, NewShare(sum.Approved, sum.Tried), NewShare(sum.Refused, sum.Tried), NewShare(sum.ByPicture, sum.Tried), NewShare(sum.Unexplained, sum.Tried)})
		}
	}
	return out
}

// writeGroups prints a line for each truth, and each picture that ended wrongly.
func writeGroups(w io.Writer, rows []Row) {
	fmt.Fprintf(w, "%-8s %-8s %-26s %-26s %-26s %s\n", "reviews", "pictures", "approved", "refused", "by picture or type", "without a reason")
	for _, g := range groups(rows) {
		fmt.Fprintf(w, "%-8s %-8d %-26s %-26s %-26s %s\n", g.Truth, g.Pictures, g.Approved, g.Refused, g.ByPicture, g.Unexplained)
	}
	for _, r := range rows {
		wrong := r.Truth == Genuine && r.Reviewed.Refused > 0 || r.Truth != Genuine && r.Reviewed.Approved > 0
		if wrong || r.Reviewed.Unexplained > 0 {
			fmt.Fprintf(w, "wrong    %s %s: %s %v\n", r.Truth, r.File, r.Reviewed.Kind, r.Reviewed.Findings)
		}
	}
}
