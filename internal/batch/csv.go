package batch

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// sniffed is how much of a file is looked at to tell its encoding.
const sniffed = 64 << 10

// readCSV yields the records of a CSV file in UTF-8 with or without a byte
// order mark, UTF-16 with one, or GB18030; commas, semicolons or tabs.
func readCSV(r io.Reader, lim Limits) rows {
	return func(yield func(int, []string) error) error {
		br := bufio.NewReaderSize(r, sniffed)
		head, err := br.Peek(sniffed)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("read manifest: %w", err)
		}
		text := newLineLimit(decoded(br, head), lim.ManifestRow)
		c := csv.NewReader(text)
		c.FieldsPerRecord = -1
		c.LazyQuotes = true
		c.ReuseRecord = true
		c.Comma = separator(head)
		return eachRecord(c, text, yield)
	}
}

func eachRecord(c *csv.Reader, text *lineLimit, yield func(int, []string) error) error {
	for {
		record, err := c.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case text.exceeded:
			line, _ := c.FieldPos(0)
			return problem("row_long", "这一行超过 %d 字节", "this row is longer than %d bytes", text.limit).at(line, "")
		case err != nil:
			var parse *csv.ParseError
			if errors.As(err, &parse) {
				return problem("csv_broken", "CSV 格式有误（引号不成对）", "the CSV is broken (a quote is not closed)").at(parse.Line, "")
			}
			return fmt.Errorf("read manifest: %w", err)
		}
		line, _ := c.FieldPos(0)
		if err := yield(line, record); err != nil {
			return err
		}
	}
}

// decoded converts to UTF-8 by byte order mark, else by what the start of the
// file can be.
func decoded(r io.Reader, head []byte) io.Reader {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return transform.NewReader(r, xunicode.UTF16(xunicode.LittleEndian, xunicode.ExpectBOM).NewDecoder())
	case validUTF8(head):
		return transform.NewReader(r, xunicode.BOMOverride(transform.Nop))
	}
	return transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder())
}

// validUTF8 forgives a character cut by the end of the sample.
func validUTF8(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut < len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return len(head) == 0
}

// separator is the most frequent of comma, semicolon and tab in the first line.
func separator(head []byte) rune {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ',', bytes.Count(line, []byte(","))
	for _, sep := range []rune{';', '\t'} {
		if n := bytes.Count(line, []byte(string(sep))); n > most {
			best, most = sep, n
		}
	}
	return best
}

// lineLimit ends the stream when one line is longer than the limit, before the
// CSV reader has to hold it.
type lineLimit struct {
	r        io.Reader
	limit    int
	run      int
	exceeded bool
}

var errLineLong = errors.New("line too long")

func newLineLimit(r io.Reader, limit int) *lineLimit { return &lineLimit{r: r, limit: limit} }

func (l *lineLimit) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for _, b := range p[:n] {
		if l.run++; b == '\n' {
			l.run = 0
		}
		if l.run > l.limit {
			l.exceeded = true
			return 0, errLineLong
		}
	}
	return n, err
}
