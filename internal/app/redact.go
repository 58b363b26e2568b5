package app

import (
	"io"
	"regexp"
)

// identity is what a name, number or contact of a person looks like in a line of
// the log: Han characters, which no message of ours has; numbers of resident
// identity cards and of organisations; mobile numbers; mail addresses.
var identity = regexp.MustCompile(`\p{Han}+` +
	`|\b\d{17}[\dXx]\b` +
	`|\b[0-9A-HJ-NP-RT-UW-Y]{2}\d{6}[0-9A-HJ-NP-RT-UW-Y]{10}\b` +
	`|\b1[3-9]\d{9}\b` +
	`|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// redactor takes out of each line what looks like somebody's identity. Code that
// logs such data is wrong all the same; this is the net below it.
type redactor struct{ to io.Writer }

func (r redactor) Write(line []byte) (int, error) {
	if !identity.Match(line) {
		return r.to.Write(line)
	}
	if _, err := r.to.Write(identity.ReplaceAll(line, []byte("[redacted]"))); err != nil {
		return 0, err
	}
	return len(line), nil
}
