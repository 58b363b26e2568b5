package batch

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// readJSONL yields JSON lines as records under a heading made of the known
// columns. Values may be strings, numbers as written, or null. A row's number is
// that of its line.
func readJSONL(r io.Reader, lim Limits) rows {
	return func(yield yieldRow) error {
		names := columnNames()
		if err := yield(1, names, nil); err != nil {
			return err
		}
		text := newLines(transform.NewReader(r, xunicode.BOMOverride(transform.Nop)), lim.ManifestRow)
		for number := 1; ; number++ {
			line, long, err := text.next()
			switch {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			case long:
				err = yield(number, nil, tooLong(text.limit))
			case strings.TrimSpace(line) != "":
				record, bad := jsonRecord([]byte(line), names)
				err = yield(number, record, bad)
			}
			if err != nil {
				return err
			}
		}
	}
}

func columnNames() []string {
	var names []string
	for _, c := range headings {
		if !slices.Contains(names, string(c)) {
			names = append(names, string(c))
		}
	}
	slices.Sort(names)
	return names
}

func jsonRecord(line []byte, names []string) ([]string, *Problem) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(line, &object); err != nil || object == nil {
		p := problem("json_broken", "这一行不是 JSON 对象", "this line is not a JSON object")
		return nil, &p
	}
	record := slices.Repeat([]string{absent}, len(names))
	from := map[Column]string{}
	for key, raw := range object {
		column, ok := columnOf(key)
		if !ok {
			continue
		}
		if other, twice := from[column]; twice { // a map has no order: which of the two is meant would be chance
			first, second := min(key, other), max(key, other)
			p := problem("json_key_twice", "“%s”和“%s”是同一列，只能保留一个", "%s and %s mean the same column; keep one", first, second)
			return nil, &p
		}
		from[column] = key
		record[slices.Index(names, string(column))] = scalar(raw)
	}
	return record, nil
}

// absent stands for a key that an object has not: unlike an empty value it says
// nothing.
const absent = "\x00"

// scalar is a JSON value as a cell: strings unquoted, null empty, all else as written.
func scalar(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil { // null leaves it empty
		return s
	}
	return string(raw)
}
