package register

import (
	"bufio"
	"encoding/binary"
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
	"realname/internal/text"
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

// Causes for which a row is refused.
const (
	noCode    = "it has no code"
	noName    = "it has no name"
	notText   = "a value is neither UTF-8 nor GB18030"
	tooLong   = "a value is longer than 400 characters"
	othersRow = "it has another number of cells than the heading"
)

// organisation reads one row, or says why it is none.
func (c columns) organisation(cell func(int) string, n *Count) (o Organisation, cause string) {
	get := func(field string) string {
		if c[field] < 0 {
			return ""
		}
		v := strings.TrimSpace(cell(c[field]))
		if why := unusable(v); why != "" && field != "former" {
			cause = why
		}
		return v
	}
	o = Organisation{Code: strings.ToUpper(get("code")), Name: get("name"), Status: get("status"), Authority: get("authority")}
	o.Established, o.Registered = n.date(get("established")), n.date(get("registered"))
	for f := range strings.FieldsFuncSeq(get("former"), func(r rune) bool { return strings.ContainsRune(";；|,，、\n", r) }) {
		if f = strings.TrimSpace(f); unusable(f) != "" {
			n.leaveOut("former names")
		} else if f != "" {
			o.Former = append(o.Former, f)
		}
	}
	switch {
	case cause != "":
	case o.Code == "":
		cause = noCode
	case o.Name == "":
		cause = noName
	}
	return o, cause
}

// date reads a day; a register without dates is still one.
func (c *Count) date(s string) review.Date {
	d, err := review.ParseDate(s)
	if err != nil && s != "" {
		c.leaveOut("dates")
	}
	return d
}

// unusable says why a value cannot be kept; empty when it can.
func unusable(s string) string {
	switch {
	case !text.Whole(s):
		return notText
	case utf8.RuneCountInString(s) > maxCell:
		return tooLong
	}
	return ""
}

// take counts a row and hands it on; false when nobody wants more.
func (c columns) take(line int, cell func(int) string, n *Count, yield func(Organisation, error) bool) bool {
	n.Read++
	o, cause := c.organisation(cell, n)
	if cause != "" {
		n.refuse(line, cause)
		return true
	}
	n.Taken++
	return yield(o, nil)
}

// Read yields the organisations of a file, CSV or Parquet by its first bytes, and
// counts what becomes of its rows: one that is no organisation is refused.
func Read(path string, n *Count) iter.Seq2[Organisation, error] {
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
			err = readParquet(f, n, yield)
		} else {
			err = ReadCSV(f, n, yield)
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

// sniffed is how much of a file is looked at to tell its encoding.
const sniffed = 64 << 10

// ReadCSV yields the organisations of a CSV in UTF-8, UTF-16 or GB18030 with a
// heading. A quote out of place is an error that names its line, for what stands
// behind it could be lost. A row that is longer or shorter than the heading is
// refused: its values would be taken for others.
func ReadCSV(r io.Reader, n *Count, yield func(Organisation, error) bool) error {
	br := bufio.NewReaderSize(r, sniffed)
	sample, _ := br.Peek(sniffed) // its error comes with the first read
	bounded := &perRecord{from: text.Decoded(br, sample)}
	in := csv.NewReader(bounded)
	in.ReuseRecord, in.FieldsPerRecord = true, -1
	head, err := in.Read()
	if err != nil {
		return fmt.Errorf("read heading: %w", err)
	}
	width := len(head)
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
		line, _ := in.FieldPos(0)
		if len(row) != width {
			n.Read++
			n.refuse(line, othersRow)
			continue
		}
		if !c.take(line, func(i int) string { return strings.Clone(row[i]) }, n, yield) {
			return errStopped
		}
	}
}

// parquetRows is how many rows are read at once.
const parquetRows = 1024

func readParquet(f *os.File, n *Count, yield func(Organisation, error) bool) (err error) {
	defer func() { // a hostile file must not end the program
		if r := recover(); r != nil {
			err = errors.New("the Parquet file is damaged")
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := checkFooter(f, info.Size()); err != nil {
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
		if err := readGroup(group, len(names), c, n, yield); err != nil {
			return err
		}
	}
	return nil
}

// maxFooter bounds the description of a Parquet file's content.
const maxFooter = 64 << 20

// checkFooter keeps the library from making room for as much as a torn file claims.
func checkFooter(f io.ReaderAt, size int64) error {
	const marks = 4 + 4 + 4 // at the beginning and the end, and the footer's length
	end := make([]byte, 8)
	if size < marks {
		return errors.New("the Parquet file is cut off")
	}
	if _, err := f.ReadAt(end, size-int64(len(end))); err != nil {
		return fmt.Errorf("read the end of the Parquet file: %w", err)
	}
	if n := int64(binary.LittleEndian.Uint32(end)); string(end[4:]) != "PAR1" || n > size-marks || n > maxFooter {
		return fmt.Errorf("the Parquet file is cut off or damaged: its end claims a footer of %d bytes, of at most %d", n, min(size-marks, maxFooter))
	}
	return nil
}

func readGroup(group parquet.RowGroup, width int, c columns, count *Count, yield func(Organisation, error) bool) error {
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
			if !c.take(count.Read+1, func(i int) string { return cells[i] }, count, yield) {
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
