package batch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"realname/internal/text"
)

// sniffed is how much of a file is looked at to tell its encoding.
const sniffed = 64 << 10

// readCSV yields the records of a CSV file in UTF-8 with or without a byte
// order mark, UTF-16 with one, or GB18030; commas, semicolons or tabs.
//
// encoding/csv is not used: a quote that is never closed makes it take the rest
// of the file for one cell, and all rows behind would be lost without a word.
func readCSV(r io.Reader, lim Limits) rows {
	return func(yield yieldRow) error {
		br := bufio.NewReaderSize(r, sniffed)
		head, err := br.Peek(sniffed)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("read manifest: %w", err)
		}
		c := csvReader{lines: newLines(text.Decoded(br, head), lim.ManifestRow), sep: separator(head)}
		return c.each(yield)
	}
}

type csvReader struct {
	*lines
	sep   byte
	width int // cells of the heading
}

func (c *csvReader) each(yield yieldRow) error {
	for number := 1; ; number++ {
		cells, bad, err := c.record()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if c.width == 0 && slices.ContainsFunc(cells, known) {
			c.width = len(cells)
		}
		if err := yield(number, cells, bad); err != nil {
			return err
		}
	}
}

// cellLines is how many lines one record may have: people put a line break into
// a cell now and then, while a quote that was forgotten goes on and on.
const cellLines = 20

// record reads one record. When a quote is not closed, only its own line is
// lost: the lines behind it are read as rows of their own.
func (c *csvReader) record() ([]string, *Problem, error) {
	line, long, err := c.next()
	if err != nil || long {
		return nil, tooLong(c.limit), err
	}
	cells, whole, _ := split(line, c.sep)
	if whole {
		return cells, nil, nil
	}
	var ahead []string
	for len(ahead) < cellLines && len(line) < c.limit {
		next, long, err := c.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
		if err != nil || long {
			break
		}
		ahead = append(ahead, next)
		line += "\n" + next
		cells, whole, strict := split(line, c.sep)
		if whole && strict && (c.width == 0 || len(cells) == c.width) {
			return cells, nil, nil
		}
	}
	c.giveBack(ahead)
	p := problem("csv_broken", "这一行的引号不成对", "a quote in this row is not closed")
	return nil, &p, nil
}

// split cuts a record into its cells. whole is false when a quoted cell is still
// open at the end; strict is false when a quote stands where a careful program
// would not have put it.
func split(record string, sep byte) (cells []string, whole, strict bool) {
	strict = true
	for rest := record; ; {
		cell, after, closed, tidy := cut(rest, sep)
		cells, strict = append(cells, cell), strict && tidy
		switch {
		case !closed:
			return cells, false, strict
		case after == nil:
			return cells, true, strict
		}
		rest = *after
	}
}

// cut takes the first cell off a record; after is nil when it was the last.
func cut(record string, sep byte) (cell string, after *string, closed, tidy bool) {
	if !strings.HasPrefix(record, `"`) {
		if i := strings.IndexByte(record, sep); i >= 0 {
			rest := record[i+1:]
			return record[:i], &rest, true, true
		}
		return record, nil, true, true
	}
	var b strings.Builder
	tidy = true
	for i := 1; i < len(record); i++ {
		switch {
		case record[i] != '"':
			b.WriteByte(record[i])
		case i+1 == len(record):
			return b.String(), nil, true, tidy
		case record[i+1] == sep:
			rest := record[i+2:]
			return b.String(), &rest, true, tidy
		default:
			if record[i+1] == '"' {
				i++
			} else {
				tidy = false
			}
			b.WriteByte('"')
		}
	}
	return b.String(), nil, false, tidy
}

// separator is the one of comma, semicolon and tab that is the most frequent in
// one of the first lines: above the headings there may be a title.
func separator(head []byte) byte {
	best, most := byte(','), 0
	for i, line := range bytes.FieldsFunc(head, func(r rune) bool { return r == '\r' || r == '\n' }) {
		for _, sep := range []byte{',', ';', '\t'} {
			if n := bytes.Count(line, []byte{sep}); n > most {
				best, most = sep, n
			}
		}
		if i == titleRows {
			break
		}
	}
	return best
}
