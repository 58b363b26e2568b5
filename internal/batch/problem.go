package batch

import "fmt"

// Problem is what is wrong with a batch, a row or a member. Value is short and
// never a name or a number of a person.
type Problem struct {
	Row    int    `json:"row,omitempty"`    // line of the manifest as a spreadsheet counts, 0 for the archive
	Column string `json:"column,omitempty"` // the manifest's own heading
	Code   string `json:"code"`
	ZH     string `json:"zh"`
	EN     string `json:"en"`
}

func (p Problem) Error() string {
	switch {
	case p.Column != "":
		return fmt.Sprintf("row %d, column %s: %s", p.Row, p.Column, p.EN)
	case p.Row != 0:
		return fmt.Sprintf("row %d: %s", p.Row, p.EN)
	}
	return p.EN
}

func problem(code, zh, en string, args ...any) Problem {
	return Problem{Code: code, ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

func (p Problem) at(row int, column string) Problem {
	p.Row, p.Column = row, column
	return p
}
