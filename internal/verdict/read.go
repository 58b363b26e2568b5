package verdict

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// Answer is what a registry said of one submission, as it came.
type Answer struct {
	Subject string // our id, the tenant's own id, or what it is about
	Passed  bool
	Words   string    // why not; may hold anybody's data, and is never kept as it is
	At      time.Time // when it was said; zero when that is not known
	Line    int       // of the file that it came in
}

// Import is what a file holds. Every line but the heading and empty ones is an
// answer or refused.
type Import struct {
	Answers []Answer
	Refused []Fault
}

func (i *Import) add(line int, a Answer, why *rules.Text) {
	if why != nil {
		i.Refused = append(i.Refused, Fault{line, *why})
		return
	}
	a.Line = line
	i.Answers = append(i.Answers, a)
}

// maxSubject bounds the name of a submission, in bytes.
const maxSubject = 255

// Fault is a line that cannot be read. It holds no value of the line.
type Fault struct {
	Line int
	Why  rules.Text
}

func (f Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Why.EN) }

// What can be wrong with a line.
var (
	noSubject = &rules.Text{ZH: "提交编号、您自己的编号或域名缺失，或不是 255 字节以内的文字",
		EN: "the submission's id, your own id or the domain is missing, or no text of at most 255 bytes"}
	noResult = &rules.Text{ZH: "结果须为 pass 或 refuse，或通过、不通过", EN: "the result must be pass or refuse, 通过 or 不通过"}
	noTime   = &rules.Text{ZH: "时间须为日期，如 2026-01-31，或 RFC 3339，如 2026-01-31T15:04:05+08:00",
		EN: "the time must be a day such as 2026-01-31, or RFC 3339 such as 2026-01-31T15:04:05+08:00"}
	inFuture  = &rules.Text{ZH: "时间在未来", EN: "the time lies in the future"}
	notText   = &rules.Text{ZH: "文字的编码既不是 UTF-8 也不是 GB18030", EN: "the text is neither UTF-8 nor GB18030"}
	badQuote  = &rules.Text{ZH: "引号不成对", EN: "a quote is out of place"}
	badObject = &rules.Text{ZH: "每行须为一个 JSON 对象，含文字字段 subject 与 result，另可有 words 与 at",
		EN: "want one JSON object with the texts subject and result, and perhaps words and at"}
)

func tooMany(most int) rules.Text {
	return rules.Text{ZH: fmt.Sprintf("超过 %d 行，请把其余部分另行发送", most), EN: fmt.Sprintf("there are more than %d lines; send the rest by itself", most)}
}

// results are the words of a result; anything else is a mistake in the file.
var results = map[string]bool{"pass": true, "passed": true, "true": true, "通过": true, "成功": true,
	"refuse": false, "refused": false, "fail": false, "failed": false, "false": false, "不通过": false, "未通过": false, "失败": false}

// newAnswer reads the parts of a line, or says what is wrong with it.
func newAnswer(subject, result, words, at string, now time.Time) (Answer, *rules.Text) {
	a := Answer{Subject: strings.TrimSpace(strings.TrimPrefix(subject, "\ufeff")), Words: words}
	var known bool
	a.Passed, known = results[strings.ToLower(strings.TrimSpace(result))]
	switch {
	case !text.Whole(subject) || !text.Whole(words):
		return a, notText
	case a.Subject == "" || len(a.Subject) > maxSubject:
		return a, noSubject
	case !known:
		return a, noResult
	}
	var why *rules.Text
	a.At, why = said(strings.TrimSpace(at), now)
	return a, why
}

// skew is how far another's clock may be ahead of ours.
const skew = 5 * time.Minute

// said reads when a word was said. A time to come is a mistake, and would keep every
// later word from counting; today means until now.
func said(at string, now time.Time) (time.Time, *rules.Text) {
	if at == "" {
		return time.Time{}, nil
	}
	t, err := instant(at)
	switch today := review.DateOf(now).AddDays(1).Start().Add(-time.Microsecond); {
	case err != nil:
		return t, noTime
	case t.After(now.Add(skew)) && !t.Equal(today):
		return t, inFuture
	case t.After(now):
		return now, nil
	}
	return t, nil
}

// instant reads a time, or the end of a day in Shanghai.
func instant(s string) (time.Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, s, review.Shanghai); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Microsecond), nil
	}
	for _, layout := range []string{time.DateTime, "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, review.Shanghai); err == nil {
			return t, nil
		}
	}
	return time.Parse(time.RFC3339, s)
}

// sniffed is how much of a file is looked at to tell its encoding.
const sniffed = 64 << 10

// ReadCSV reads lines of submission, result, words and time, the last two of which
// may be missing; a heading is passed over. It may be in UTF-8, UTF-16 or GB18030,
// and a cell in quotes may go over several lines. A quote out of place is an error,
// since nobody knows what stands behind it, and so are more lines than most.
func ReadCSV(r io.Reader, most int, now time.Time) (list Import, err error) {
	br := bufio.NewReaderSize(r, sniffed)
	head, _ := br.Peek(sniffed) // its error comes with the first read
	in := csv.NewReader(text.Decoded(br, head))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	for n := 0; ; n++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			return list, Fault{syntax.StartLine, *badQuote}
		}
		if err != nil {
			return list, err
		}
		line, _ := in.FieldPos(0)
		if n == 0 && heading(row) {
			continue
		}
		if len(list.Answers)+len(list.Refused) >= most {
			return list, Fault{line, tooMany(most)}
		}
		a, why := newAnswer(cell(row, 0), cell(row, 1), cell(row, 2), cell(row, 3), now)
		list.add(line, a, why)
	}
}

func cell(row []string, i int) string {
	if i < len(row) {
		return strings.Clone(row[i])
	}
	return ""
}

// heading reports whether a first line names columns.
func heading(row []string) bool {
	return slices.Contains([]string{"result", "结果", "审核结果", "核验结果"}, strings.ToLower(strings.TrimSpace(cell(row, 1))))
}

// ReadJSON reads an object a line: subject, result, and perhaps words and at.
func ReadJSON(r io.Reader, most int, now time.Time) (list Import, err error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return list, err
	}
	line := 0
	for row := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		if line++; len(bytes.TrimSpace(row)) == 0 {
			continue
		}
		if len(list.Answers)+len(list.Refused) >= most {
			return list, Fault{line, tooMany(most)}
		}
		a, why := readObject(row, now)
		list.add(line, a, why)
	}
	return list, nil
}

func readObject(row []byte, now time.Time) (Answer, *rules.Text) {
	var x struct {
		Subject string `json:"subject"`
		Result  string `json:"result"`
		Words   string `json:"words"`
		At      string `json:"at"`
	}
	d := json.NewDecoder(bytes.NewReader(row))
	d.DisallowUnknownFields()
	if err := d.Decode(&x); err != nil || d.More() {
		return Answer{}, badObject
	}
	return newAnswer(x.Subject, x.Result, x.Words, x.At, now)
}
