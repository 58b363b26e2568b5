package httpapi

import (
	"archive/zip"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// lazy writes the head of an answer with its first byte, so that an error before
// can still be told as a problem.
type lazy struct {
	w          http.ResponseWriter
	kind, name string
	begun      bool
}

func lazily(w http.ResponseWriter, kind, name string) *lazy {
	return &lazy{w: w, kind: kind, name: name}
}

func (l *lazy) begin() {
	if l.begun {
		return
	}
	l.begun = true
	l.w.Header().Set("Content-Type", l.kind)
	if l.name != "" {
		l.w.Header().Set("Content-Disposition", `attachment; filename="`+l.name+`"`)
	}
	l.w.WriteHeader(http.StatusOK)
}

func (l *lazy) Write(b []byte) (int, error) {
	l.begin()
	return l.w.Write(b)
}

// end returns the error while it can be told; later the connection is cut, so
// that nobody takes half a list for the whole.
func (l *lazy) end(err error) error {
	switch {
	case err != nil && l.begun:
		panic(http.ErrAbortHandler)
	case err == nil:
		l.begin()
	}
	return err
}

// bom tells spreadsheet programs that a CSV is UTF-8.
const bom = "\ufeff"

// cell makes a value safe for spreadsheet programs, which run what begins like a
// formula (CWE-1236).
func cell(v string) string {
	if v != "" && strings.ContainsAny(v[:1], "=+-@\t\r") {
		return "'" + v
	}
	return v
}

func row(w *csv.Writer, values ...string) error {
	for i := range values {
		values[i] = cell(values[i])
	}
	return w.Write(values)
}

var resultHeading = []string{"row", "external_id", "subject_ref", "submission_id", "状态 state", "原因 reason", "检查 check", "明细 code", "结果 effect",
	"说明", "处理", "explanation", "remedy", "更正 fix", "截止 deadline", "剩余天数 days left"}

// getBatchResults writes a line for each row, and one for each of its findings.
func (s *Server) getBatchResults(w http.ResponseWriter, r *http.Request, tenant string) error {
	out := lazily(w, "text/csv; charset=utf-8", "results.csv")
	c := csv.NewWriter(out)
	err := begin(c, out, resultHeading, s.eachItemOf(r, tenant), func(i review.BatchItem) error {
		return s.eachLine(i, func(cells []string) error { return row(c, cells...) })
	})
	return out.end(err)
}

// eachLine yields the table's lines of a row: one for the row, one a finding.
func (s *Server) eachLine(i review.BatchItem, yield func([]string) error) error {
	for _, line := range s.resultLines(i) {
		cells := append([]string{strconv.Itoa(i.Row), i.ExternalID, i.SubjectRef, i.SubmissionID}, line...)
		if err := yield(append(cells, deadline(i.Deadline), daysLeft(i.Deadline, s.Now()))); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) eachItemOf(r *http.Request, tenant string) func(func(review.BatchItem) error) error {
	return func(yield func(review.BatchItem) error) error { return s.eachItem(r, tenant, yield) }
}

// begin writes the heading before the first line and flushes after the last.
func begin(c *csv.Writer, out io.Writer, heading []string, each func(func(review.BatchItem) error) error, line func(review.BatchItem) error) error {
	started := false
	start := func() error {
		if started {
			return nil
		}
		started = true
		if _, err := io.WriteString(out, bom); err != nil {
			return err
		}
		return c.Write(heading)
	}
	err := each(func(i review.BatchItem) error {
		if err := start(); err != nil {
			return err
		}
		return line(i)
	})
	if err == nil {
		err = start()
	}
	c.Flush()
	return cmp.Or(err, c.Error())
}

// resultLines are state, reason, check, code, effect, texts and fix of a row, and
// of each finding.
func (s *Server) resultLines(i review.BatchItem) [][]string {
	var lines [][]string
	for _, f := range i.Faults {
		lines = append(lines, []string{"faulty", "", "", f.Code, "", columnNote(f, f.ZH), "", columnNote(f, f.EN), "", ""})
	}
	if len(lines) > 0 {
		return lines
	}
	if i.Outcome == nil {
		return [][]string{{itemState(i), "", "", "", "", "", "", "", "", ""}}
	}
	o := i.Outcome
	zh, en := rules.Message{}, rules.Message{}
	if o.Primary != "" {
		zh, en = s.Catalogue.RenderReason(o.Primary, rules.Chinese), s.Catalogue.RenderReason(o.Primary, rules.English)
	}
	lines = append(lines, []string{string(o.Kind), string(o.Primary), "", "", "", zh.Title, cmp.Or(s.stepsText(*o, rules.Chinese), zh.Remedy), en.Title, cmp.Or(s.stepsText(*o, rules.English), en.Remedy), ""})
	for _, f := range o.Findings {
		zh, en := s.Catalogue.Render(f, rules.Chinese), s.Catalogue.Render(f, rules.English)
		lines = append(lines, []string{string(o.Kind), string(f.Reason), string(f.Check), string(f.Detail), string(f.Severity),
			zh.Explanation, zh.Remedy, en.Explanation, en.Remedy, fixNote(f)})
	}
	return lines
}

func columnNote(f review.RowFault, text string) string {
	if f.Column == "" {
		return text
	}
	return f.Column + ": " + text
}

// fixNote says what to change, place by place, without repeating the whole value.
func fixNote(f review.Finding) string {
	if f.Fix == "" {
		return ""
	}
	var list []string
	for _, d := range text.Diff(f.Declared, f.Fix) {
		switch {
		case d.Read == "":
			list = append(list, fmt.Sprintf("%d: -%s", d.DeclaredPos, visible(d.Declared)))
		case d.Declared == "":
			list = append(list, fmt.Sprintf("%d: +%s", d.ReadPos, d.Read))
		default:
			list = append(list, fmt.Sprintf("%d: %s → %s", d.DeclaredPos, visible(d.Declared), d.Read))
		}
	}
	return strings.Join(list, "; ")
}

// visible names a character that nobody sees.
func visible(s string) string {
	if len(text.Spaces(s))+len(text.Hidden(s)) > 0 {
		return fmt.Sprintf("U+%04X", []rune(s)[0])
	}
	return s
}

func deadline(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(review.Shanghai).Format("2006-01-02 15:04")
}

// daysLeft counts whole days; negative when the time has passed.
func daysLeft(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	left := t.Sub(now)
	days := int(left / (24 * time.Hour))
	if left < 0 {
		days--
	}
	return strconv.Itoa(days)
}

var errorColumns = []string{"external_id", "submission_id", "subject_ref", "holder_type", "holder_name", "credential_type", "credential_no",
	"issue_date", "expiry_date", "country", "email", "language", "file", "file_back", "reseller"}

// getBatchErrors writes a batch with the manifest of what was refused or could not be taken,
// ready to be mended and sent again. Images need not be sent again: they are
// those of the last attempt, unless the row names a file.
func (s *Server) getBatchErrors(w http.ResponseWriter, r *http.Request, tenant string) error {
	out := lazily(w, "application/zip", "errors.zip")
	z := zip.NewWriter(out)
	manifest, err := z.Create("manifest.csv")
	if err != nil {
		return err
	}
	c := csv.NewWriter(manifest)
	heading := append(errorColumns[:len(errorColumns):len(errorColumns)], "问题", "problem")
	err = begin(c, manifest, heading, s.eachItemOf(r, tenant), func(i review.BatchItem) error {
		refused := i.Outcome != nil && i.Outcome.Kind == review.Rejected
		if !refused && len(i.Faults) == 0 {
			return nil
		}
		cells := i.Cells
		if refused {
			cells = declaredCells(i)
		}
		var line []string
		for _, column := range errorColumns {
			line = append(line, cells[column])
		}
		return row(c, append(line, s.problems(i, rules.Chinese), s.problems(i, rules.English))...)
	})
	if err == nil {
		err = z.Close()
	}
	return out.end(err)
}

// declaredCells are a submission's cells as a manifest has them.
func declaredCells(i review.BatchItem) map[string]string {
	d := i.Declared
	expires := d.ExpiryDate.String()
	if d.LongTerm {
		expires = "长期"
	}
	return map[string]string{"external_id": i.ExternalID, "submission_id": i.SubmissionID, "subject_ref": i.SubjectRef, "holder_type": string(d.HolderType),
		"holder_name": d.Name, "credential_type": string(d.CredentialType), "credential_no": d.Number, "issue_date": d.IssueDate.String(),
		"expiry_date": expires, "country": d.Country, "email": d.Email, "language": d.Language, "reseller": i.Reseller}
}

// problems are all remedies of a row in one cell.
func (s *Server) problems(i review.BatchItem, l rules.Lang) string {
	var list []string
	for _, f := range i.Faults {
		list = append(list, columnNote(f, rules.Text{ZH: f.ZH, EN: f.EN}.In(l)))
	}
	if i.Outcome != nil {
		for _, f := range i.Outcome.Findings {
			if f.Severity != review.Warn {
				m := s.Catalogue.Render(f, l)
				list = append(list, m.Explanation+" "+m.Remedy)
			}
		}
	}
	return strings.Join(list, " / ")
}

// drop deletes what was stored for a request that came to nothing.
func (s *Server) drop(r *http.Request, key string) {
	after, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 10*time.Second)
	defer cancel()
	if err := s.Blobs.Delete(after, key); err != nil {
		s.Log.Warn().Err(err).Msg("the archive of a refused request could not be deleted")
	}
}
