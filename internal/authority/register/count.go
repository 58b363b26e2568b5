package register

import "fmt"

// Fault is a row that is left out, by its line in a CSV or its number in a Parquet
// file. It holds no value of the row.
type Fault struct {
	Line  int
	Cause string
}

func (f Fault) String() string { return fmt.Sprintf("line %d: %s", f.Line, f.Cause) }

// mostFaults bounds how many are named.
const mostFaults = 100

// Count is what became of the rows of a file.
type Count struct {
	Read, Taken int
	Refused     map[string]int // by cause
	First       []Fault
	// LeftOut counts values that cannot be read of rows that are taken, by what they are.
	LeftOut map[string]int
}

func (c *Count) refuse(line int, cause string) {
	if c.Refused == nil {
		c.Refused = map[string]int{}
	}
	c.Refused[cause]++
	if len(c.First) < mostFaults {
		c.First = append(c.First, Fault{line, cause})
	}
}

func (c *Count) leaveOut(what string) {
	if c.LeftOut == nil {
		c.LeftOut = map[string]int{}
	}
	c.LeftOut[what]++
}
