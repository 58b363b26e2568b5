package batch

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Row is one line of a manifest as it was written, cell by column, trimmed of
// nothing: what is wrong with a cell is for the checks to say.
type Row struct {
	Number int // as a spreadsheet counts: the heading is row 1
	Cells  map[Column]string
}

// rows yields raw records; the first is the heading. It stops when yield
// returns an error.
type rows func(yield yieldRow) error

// yieldRow takes a record, or why it could not be read.
type yieldRow func(number int, cells []string, bad *Problem) error

// ReadManifest calls yield for every row in order. A row's own problem comes
// with the row and does not end the reading; an error that is a Problem
// concerns the manifest as a whole. Memory is bounded by one row.
func ReadManifest(name string, r io.Reader, lim Limits, yield func(Row, []Problem) error) error {
	source, err := open(name, r, lim)
	if err != nil {
		return err
	}
	m := mapper{lim: lim, yield: yield}
	if err := source(m.take); err != nil {
		return err
	}
	switch {
	case m.columns == nil && m.above != nil:
		return m.heading(m.above)
	case m.columns == nil:
		return problem("manifest_empty", "清单是空的，第一行应为表头", "the manifest is empty; its first row must be the headings")
	case m.count == 0:
		return problem("manifest_no_rows", "清单只有表头，没有数据行", "the manifest has headings and no row")
	}
	return nil
}

// ReadManifest reads the archive's own manifest.
func (a *Archive) ReadManifest(yield func(Row, []Problem) error) error {
	f, err := openMember(a.Manifest)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return ReadManifest(path.Base(a.Manifest.Name), f, a.lim, yield)
}

func openMember(f *zip.File) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open manifest: %w", err)
	}
	return bounded(r, int64(f.UncompressedSize64)), nil
}

func open(name string, r io.Reader, lim Limits) (rows, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".txt":
		return readCSV(r, lim), nil
	case ".xlsx":
		return readXLSX(r, lim), nil
	case ".jsonl", ".ndjson":
		return readJSONL(r, lim), nil
	}
	return nil, problem("manifest_type", "清单须为 CSV、XLSX 或 JSONL 文件", "the manifest must be CSV, XLSX or JSON lines")
}

// mapper turns records into rows once it has seen the heading.
type mapper struct {
	lim     Limits
	yield   func(Row, []Problem) error
	columns []Column // by position, empty for a heading that is not known
	above   []string // the first line before the headings
	count   int
}

func (m *mapper) take(number int, cells []string, bad *Problem) error {
	switch {
	case m.columns == nil && bad != nil: // no row has a meaning without it
		return bad.at(number, "")
	case m.columns == nil && number <= titleRows && !slices.ContainsFunc(cells, known):
		if m.above == nil && !blank(cells) {
			m.above = cells
		}
		return nil // a title, a remark or nothing
	case m.columns == nil:
		return m.heading(cells)
	case bad == nil && blank(cells):
		return nil
	case bad == nil && size(cells) > m.lim.ManifestRow:
		bad = tooLong(m.lim.ManifestRow)
	}
	if m.count++; m.count > m.lim.Rows {
		return problem("manifest_rows", "清单超过 %d 行，请分成多个批次", "the manifest has more than %d rows; split it into several batches", m.lim.Rows)
	}
	row := Row{Number: number, Cells: make(map[Column]string, len(m.columns))}
	if bad != nil {
		return m.yield(row, []Problem{bad.at(number, "")})
	}
	for i, cell := range cells {
		if i < len(m.columns) && m.columns[i] != "" && cell != absent {
			row.Cells[m.columns[i]] = unescaped(cell)
		}
	}
	return m.yield(row, inspect(row))
}

// unescaped takes off what exports put around a text so that spreadsheet programs
// leave it one: ="0123", a tab, and the apostrophe of our own results before =, +,
// - and @. Nobody typed these.
func unescaped(cell string) string {
	cell = strings.Trim(cell, "\t")
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) {
		return strings.TrimSuffix(inner, `"`)
	}
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsAny(cell[1:2], "=+-@\t\r") {
		return cell[1:]
	}
	return cell
}

func size(cells []string) int {
	n := 0
	for _, c := range cells {
		n += len(c)
	}
	return n
}

// titleRows are how many rows may stand above the headings.
const titleRows = 5

func known(heading string) bool {
	_, ok := columnOf(heading)
	return ok
}

func (m *mapper) heading(cells []string) error {
	columns := make([]Column, len(cells))
	seen := map[Column]bool{}
	for i, cell := range cells {
		c, ok := columnOf(cell)
		if !ok {
			continue
		}
		if seen[c] {
			return problem("manifest_heading_twice", "表头中“%s”出现了两次", "two headings mean the same column: %s", c).at(1, cell)
		}
		seen[c], columns[i] = true, c
	}
	for _, c := range required {
		if !seen[c] && !seen[SubmissionID] {
			return problem("manifest_heading_missing", "表头缺少列：%s", "a heading is missing: %s", c).at(1, string(c))
		}
	}
	m.columns = columns
	return nil
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
