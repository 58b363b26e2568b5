package batch

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// readJSONL yields JSON lines as records under a heading made of the known
// columns. Values may be strings, numbers as written, or null.
func readJSONL(r io.Reader, lim Limits) rows {
	return func(yield func(int, []string) error) error {
		names := columnNames()
		if err := yield(1, names); err != nil {
			return err
		}
		scan := bufio.NewScanner(r)
		scan.Buffer(make([]byte, 0, 4096), lim.ManifestRow)
		for line := 1; scan.Scan(); line++ {
			if len(scan.Bytes()) == 0 {
				continue
			}
			record, err := jsonRecord(scan.Bytes(), names)
			if err != nil {
				return problem("json_broken", "这一行不是 JSON 对象", "this line is not a JSON object").at(line, "")
			}
			if err := yield(line, record); err != nil {
				return err
			}
		}
		if errors.Is(scan.Err(), bufio.ErrTooLong) {
			return problem("row_long", "有一行超过 %d 字节", "a line is longer than %d bytes", lim.ManifestRow)
		}
		if scan.Err() != nil {
			return fmt.Errorf("read manifest: %w", scan.Err())
		}
		return nil
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

func jsonRecord(line []byte, names []string) ([]string, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(line, &object); err != nil {
		return nil, err
	}
	record := make([]string, len(names))
	for key, raw := range object {
		column, ok := columnOf(key)
		if !ok {
			continue
		}
		record[slices.Index(names, string(column))] = scalar(raw)
	}
	return record, nil
}

// scalar is a JSON value as a cell: strings unquoted, null empty, all else as written.
func scalar(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil { // null leaves it empty
		return s
	}
	return string(raw)
}
