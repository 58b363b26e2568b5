package batch

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// lines reads a text line by line. A line ends with LF, CRLF or CR alone, as
// old spreadsheet programs write it. One that is longer than the limit is read
// past and never held.
type lines struct {
	r     *bufio.Reader
	limit int
	back  []string // lines that were read ahead and given back
}

func newLines(r io.Reader, limit int) *lines { return &lines{r: bufio.NewReader(r), limit: limit} }

// next returns the next line without its end; long says that it was longer than
// the limit. io.EOF comes after the last line.
func (l *lines) next() (line string, long bool, err error) {
	if n := len(l.back); n > 0 {
		line, l.back = l.back[n-1], l.back[:n-1]
		return line, false, nil
	}
	var text []byte
	for first := true; ; first = false {
		b, err := l.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && !first:
			return string(text), long, nil
		case errors.Is(err, io.EOF):
			return "", false, io.EOF
		case err != nil:
			return "", false, fmt.Errorf("read manifest: %w", err)
		case b == '\r':
			if ahead, _ := l.r.Peek(1); len(ahead) == 1 && ahead[0] == '\n' {
				_, _ = l.r.Discard(1) // it is there
			}
			return string(text), long, nil
		case b == '\n':
			return string(text), long, nil
		case len(text) == l.limit:
			long = true
		default:
			text = append(text, b)
		}
	}
}

// giveBack lets next return lines once more, in their order.
func (l *lines) giveBack(list []string) {
	for i := len(list) - 1; i >= 0; i-- {
		l.back = append(l.back, list[i])
	}
}

func tooLong(limit int) *Problem {
	p := problem("row_long", "这一行超过 %d 字节", "this row is longer than %d bytes", limit)
	return &p
}
