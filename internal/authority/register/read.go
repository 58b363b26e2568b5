package register

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"realname/internal/review"
)

// headings are what vendors call the columns.
var headings = map[string][]string{
	"code":        {"code", "统一社会信用代码", "社会信用代码", "信用代码"},
	"name":        {"name", "企业名称", "机构名称", "名称"},
	"former":      {"former_names", "former", "曾用名", "曾用名称"},
	"status":      {"status", "登记状态", "经营状态", "企业状态", "状态"},
	"established": {"established", "成立日期"},
	"registered":  {"registered", "核准日期", "注册日期", "登记日期"},
	"authority":   {"authority", "登记机关"},
}

// columns are the places of the fields, -1 for one that is missing.
type columns map[string]int

func findColumns(names []string) (columns, error) {
	c := columns{}
	for field, spelled := range headings {
		c[field] = -1
		for i, name := range names {
			name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
			for _, s := range spelled {
				if name == s && c[field] < 0 {
					c[field] = i
				}
			}
		}
	}
	if c["code"] < 0 || c["name"] < 0 {
		return nil, fmt.Errorf("a register needs the columns code and name (%s, %s); this file has %d others",
			headings["code"][1], headings["name"][1], len(names))
	}
	return c, nil
}

// maxCell bounds a value, in characters; longer ones are no names.
const maxCell = 400

// organisation reads one row; false when it names nothing.
func (c columns) organisation(cell func(int) string) (Organisation, bool) {
	get := func(field string) string {
		if c[field] < 0 {
			return ""
		}
		return strings.TrimSpace(cell(c[field]))
	}
	o := Organisation{Code: strings.ToUpper(get("code")), Name: get("name"), Status: get("status"), Authority: get("authority")}
	o.Established, _ = review.ParseDate(get("established")) // a register without dates is still one
	o.Registered, _ = review.ParseDate(get("registered"))
	for f := range strings.FieldsFuncSeq(get("former"), func(r rune) bool { return strings.ContainsRune(";；|,，、\n", r) }) {
		if f = strings.TrimSpace(f); f != "" && usable(f) {
			o.Former = append(o.Former, f)
		}
	}
	return o, o.Code != "" && o.Name != "" && usable(o.Code) && usable(o.Name) && usable(o.Status) && usable(o.Authority)
}

func usable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsRune(s, 0) && utf8.RuneCountInString(s) <= maxCell
}

// Read yields the organisations of a file, CSV or Parquet by its first bytes. A row
// without code or name is left out.
func Read(path string) iter.Seq2[Organisation, error] {
	return func(yield func(Organisation, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(Organisation{}, err)
			return
		}
		defer func() { _ = f.Close() }()
		magic := make([]byte, 4)
		_, _ = f.ReadAt(magic, 0) // a short file is no Parquet
		if string(magic) == "PAR1" {
			err = readParquet(f, yield)
		} else {
			err = ReadCSV(f, yield)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(Organisation{}, err)
		}
	}
}

var errStopped = errors.New("stopped")

// maxRecord bounds the bytes of one row: a quote that is never closed would take the
// rest of the file for one value.
const maxRecord = 1 << 20

// perRecord fails when more than that is read for one row.
type perRecord struct {
	from io.Reader
	n    int
}

func (p *perRecord) Read(b []byte) (int, error) {
	if p.n > maxRecord {
		return 0, fmt.Errorf("a row is longer than %d bytes; is a quote not closed?", maxRecord)
	}
	n, err := p.from.Read(b)
	p.n += n
	return n, err
}

// ReadCSV yields the organisations of a CSV in UTF-8 with a heading. A quote out of
// place is an error that names its line, for what stands behind it could be lost.
func ReadCSV(r io.Reader, yield func(Organisation, error) bool) error {
	bounded := &perRecord{from: r}
	in := csv.NewReader(bounded)
	in.ReuseRecord, in.FieldsPerRecord = true, -1
	head, err := in.Read()
	if err != nil {
		return fmt.Errorf("read heading: %w", err)
	}
	c, err := findColumns(head)
	if err != nil {
		return err
	}
	for {
		bounded.n = 0
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read row: %w", err)
		}
		o, ok := c.organisation(func(i int) string {
			if i < len(row) {
				return strings.Clone(row[i])
			}
			return ""
		})
		if ok && !yield(o, nil) {
			return errStopped
		}
	}
}

// parquetRows is how many rows are read at once.
const parquetRows = 1024

func readParquet(f *os.File, yield func(Organisation, error) bool) (err error) {
	defer func() { // a hostile file must not end the program
		if r := recover(); r != nil {
			err = errors.New("the Parquet file is damaged")
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return fmt.Errorf("open Parquet: %w", err)
	}
	var names []string
	for _, path := range file.Schema().Columns() {
		names = append(names, strings.Join(path, "."))
	}
	c, err := findColumns(names)
	if err != nil {
		return err
	}
	for _, group := range file.RowGroups() {
		if err := readGroup(group, len(names), c, yield); err != nil {
			return err
		}
	}
	return nil
}

func readGroup(group parquet.RowGroup, width int, c columns, yield func(Organisation, error) bool) error {
	rows := group.Rows()
	defer func() { _ = rows.Close() }()
	buffer := make([]parquet.Row, parquetRows)
	cells := make([]string, width)
	for {
		n, err := rows.ReadRows(buffer)
		for _, row := range buffer[:n] {
			clear(cells)
			for _, v := range row {
				i := v.Column()
				if i < 0 || i >= width || v.IsNull() {
					continue
				}
				if k := v.Kind(); (k == parquet.ByteArray || k == parquet.FixedLenByteArray) && len(v.ByteArray()) > maxRecord {
					return fmt.Errorf("a value is longer than %d bytes: this is no register", maxRecord)
				}
				cells[i] = v.String() // a copy
			}
			if o, ok := c.organisation(func(i int) string { return cells[i] }); ok && !yield(o, nil) {
				return errStopped
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read Parquet: %w", err)
		}
	}
}
