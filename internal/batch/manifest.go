package batch

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
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
type rows func(yield func(number int, cells []string) error) error

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
	if m.columns == nil {
		return problem("manifest_empty", "清单是空的，第一行应为表头", "the manifest is empty; its first row must be the headings")
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
	count   int
}

func (m *mapper) take(number int, cells []string) error {
	if m.columns == nil {
		return m.heading(cells)
	}
	if blank(cells) {
		return nil
	}
	if m.count++; m.count > m.lim.Rows {
		return problem("manifest_rows", "清单超过 %d 行，请分成多个批次", "the manifest has more than %d rows; split it into several batches", m.lim.Rows)
	}
	row := Row{Number: number, Cells: make(map[Column]string, len(m.columns))}
	for i, cell := range cells {
		if i < len(m.columns) && m.columns[i] != "" {
			row.Cells[m.columns[i]] = cell
		}
	}
	return m.yield(row, inspect(row))
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
