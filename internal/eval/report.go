package eval

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"realname/internal/review"
)

// Share is a count out of a total with its 95 % interval (Wilson's score).
type Share struct {
	Count int     `json:"count"`
	Of    int     `json:"of"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// NewShare computes the interval.
func NewShare(count, of int) Share {
	if of == 0 {
		return Share{}
	}
	const z = 1.96
	n, p := float64(of), float64(count)/float64(of)
	mid, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	return Share{count, of, max((mid-half)/scale, 0), min((mid+half)/scale, 1)}
}

func (s Share) String() string {
	if s.Of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d %.1f%% [%.1f, %.1f]", s.Count, s.Of, 100*float64(s.Count)/float64(s.Of), 100*s.Low, 100*s.High)
}

// Field counts the verdicts on one field.
type Field struct {
	Confirmed         Share `json:"confirmed"`
	Contradicted      Share `json:"wrongly_contradicted"` // the declared value was true
	Unreadable        Share `json:"unreadable"`
	WronglyConfirmed  Share `json:"wrongly_confirmed"`    // of wrong declarations
	RightlyContradict Share `json:"rightly_contradicted"` // of wrong declarations
}

// Summary is the outcome of a run.
type Summary struct {
	Pictures int     `json:"pictures"`
	Skipped  int     `json:"skipped"`
	Number   Field   `json:"number"`
	Name     Field   `json:"name"`
	Type     Share   `json:"type"`
	Date     Share   `json:"date"`
	WrongDay Share   `json:"wrong_date"`
	CPU50    float64 `json:"cpu_p50_seconds"`
	CPU95    float64 `json:"cpu_p95_seconds"`
	CPUMost  float64 `json:"cpu_most_seconds"` // over all pictures, genuine or not
	Reviews  []Group `json:"reviews,omitempty"`
}

// Summarise counts the rows of a run.
func Summarise(rows []Row) Summary {
	var s Summary
	var cpu []float64
	var number, name tally
	var right, types, dates, read, wrong int
	s.Reviews = groups(rows)
	for _, r := range rows {
		if s.CPUMost = max(s.CPUMost, r.CPU); r.Truth != Genuine && r.Truth != "" {
			continue
		}
		if r.Skipped != "" {
			s.Skipped++
			continue
		}
		s.Pictures++
		cpu = append(cpu, r.CPU)
		number.add(r.Number, r.WrongNumbers)
		name.add(r.Name, r.WrongNames)
		types++
		if r.Type == "right" {
			right++
		}
		if r.Date != "" {
			dates++
		}
		if r.Date == "right" {
			read++
		}
		if r.Date == "wrong" {
			wrong++
		}
	}
	s.Number, s.Name = number.field(), name.field()
	s.Type, s.Date, s.WrongDay = NewShare(right, types), NewShare(read, dates), NewShare(wrong, dates)
	s.CPU50, s.CPU95 = quantile(cpu, 0.5), quantile(cpu, 0.95)
	return s
}

// tally adds up the verdicts on one field.
type tally struct {
	confirmed, contradicted, unreadable int
	wrong                               Wrong
}

func (t *tally) add(v review.Verdict, w Wrong) {
	switch v {
	case review.Confirmed:
		t.confirmed++
	case review.Contradicted:
		t.contradicted++
	case review.Unreadable:
		t.unreadable++
	}
	t.wrong.Tried += w.Tried
	t.wrong.Confirmed += w.Confirmed
	t.wrong.Contradicted += w.Contradicted
}

func (t tally) field() Field {
	n := t.confirmed + t.contradicted + t.unreadable
	return Field{
		Confirmed: NewShare(t.confirmed, n), Contradicted: NewShare(t.contradicted, n), Unreadable: NewShare(t.unreadable, n),
		WronglyConfirmed: NewShare(t.wrong.Confirmed, t.wrong.Tried), RightlyContradict: NewShare(t.wrong.Contradicted, t.wrong.Tried),
	}
}

func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Clone(v)
	slices.Sort(s)
	return s[min(int(q*float64(len(s))), len(s)-1)]
}

// Write prints the summary as a table for people.
func (s Summary) Write(w io.Writer) {
	fmt.Fprintf(w, "pictures %d, skipped %d; shares with 95 %% interval\n", s.Pictures, s.Skipped)
	fmt.Fprintf(w, "%-8s %-28s %-28s %-28s %-32s %s\n", "field", "confirmed", "wrongly contradicted", "unreadable", "wrong declarations confirmed", "wrong declarations contradicted")
	for _, f := range []struct {
		name string
		Field
	}{{"number", s.Number}, {"name", s.Name}} {
		fmt.Fprintf(w, "%-8s %-28s %-28s %-28s %-32s %s\n", f.name, f.Confirmed, f.Contradicted, f.Unreadable, f.WronglyConfirmed, f.RightlyContradict)
	}
	fmt.Fprintf(w, "%-8s %-28s\n", "type", s.Type)
	fmt.Fprintf(w, "%-8s %-28s wrong %s\n", "date", s.Date, s.WrongDay)
	fmt.Fprintf(w, "CPU      p50 %.2f s, p95 %.2f s per genuine picture, decode to findings; slowest of all %.2f s\n", s.CPU50, s.CPU95, s.CPUMost)
}

// WriteRows writes a CSV row per picture. Times are left out so that the same
// run twice gives the same bytes.
func WriteRows(w io.Writer, rows []Row) error {
	out := csv.NewWriter(w)
	records := [][]string{{"file", "number", "name", "type", "date", "wrong_numbers", "numbers_confirmed", "wrong_names", "names_confirmed", "classes", "skipped", "truth", "outcome", "findings"}}
	for _, r := range rows {
		records = append(records, []string{
			r.File, string(r.Number), string(r.Name), r.Type, r.Date,
			strconv.Itoa(r.WrongNumbers.Tried), strconv.Itoa(r.WrongNumbers.Confirmed),
			strconv.Itoa(r.WrongNames.Tried), strconv.Itoa(r.WrongNames.Confirmed),
			strings.Join(append(slices.Clone(r.WrongNumbers.Classes), r.WrongNames.Classes...), " "), r.Skipped,
			string(r.Truth), string(r.Reviewed.Kind), joined(r.Reviewed.Findings),
		})
	}
	if err := out.WriteAll(records); err != nil {
		return fmt.Errorf("write result rows: %w", err)
	}
	return nil
}

func joined(details []review.Detail) string {
	words := make([]string, len(details))
	for i, d := range details {
		words[i] = string(d)
	}
	return strings.Join(words, " ")
}

// ReadRows reads what WriteRows wrote, to compare two runs.
func ReadRows(r io.Reader) ([]Row, error) {
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read result rows: %w", err)
	}
	var rows []Row
	for _, f := range records[min(1, len(records)):] {
		if len(f) < 11 {
			return nil, fmt.Errorf("a result row has %d columns, expected 11", len(f))
		}
		rows = append(rows, Row{File: f[0], Number: review.Verdict(f[1]), Name: review.Verdict(f[2]), Type: f[3], Date: f[4], Skipped: f[10]})
		if len(f) > 13 {
			rows[len(rows)-1].Truth, rows[len(rows)-1].Reviewed.Kind = Truth(f[11]), review.Kind(f[12])
		}
	}
	return rows, nil
}

// Compare prints each picture on which two runs differ; it returns how many.
func Compare(w io.Writer, before, after []Row) int {
	old := map[string]Row{}
	for _, r := range before {
		old[r.File] = r
	}
	n := 0
	for _, r := range after {
		o, ok := old[r.File]
		if !ok || o.Number == r.Number && o.Name == r.Name && o.Type == r.Type && o.Date == r.Date && o.Reviewed.Kind == r.Reviewed.Kind {
			continue
		}
		n++
		fmt.Fprintf(w, "%s: number %s -> %s, name %s -> %s, type %s -> %s, date %s -> %s, outcome %s -> %s\n", r.File, o.Number, r.Number, o.Name, r.Name, o.Type, r.Type, o.Date, r.Date, o.Reviewed.Kind, r.Reviewed.Kind)
	}
	return n
}
