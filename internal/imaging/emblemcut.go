package imaging

import "realname/internal/review"

// cutAbove is how much of a red blob's width lies along the top of the copy. The
// blob is what is at least so red and hangs together with the red of the box, not
// farther from it than half its side: a red desk beside it is none of it.
func (c rednessCopy) cutAbove(box review.Box, least float64) float64 {
	x0, y0, r := box.X/c.step, box.Y/c.step, box.W/c.step/2
	cells := make([]bool, len(c.cells))
	for y := max(y0-2*r, 0); y < min(y0+3*r, c.h); y++ {
		for x := max(x0-r, 0); x < min(x0+3*r, c.w); x++ {
			cells[y*c.w+x] = c.cells[y*c.w+x] >= least
		}
	}
	rows := make([]int, c.h)
	for y := max(y0, 0); y < min(y0+2*r, c.h); y++ {
		for x := max(x0, 0); x < min(x0+2*r, c.w); x++ {
			c.countRows(cells, y*c.w+x, rows)
		}
	}
	widest := 1
	for _, n := range rows {
		widest = max(widest, n)
	}
	return float64(rows[0]) / float64(widest)
}

// countRows empties the connected cells around one and counts them by rows.
func (c rednessCopy) countRows(cells []bool, start int, rows []int) {
	if !cells[start] {
		return
	}
	cells[start] = false
	for stack := []int{start}; len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		x, y := i%c.w, i/c.w
		rows[y]++
		for _, n := range [...][2]int{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
			if n[0] < 0 || n[0] >= c.w || n[1] < 0 || n[1] >= c.h || !cells[n[1]*c.w+n[0]] {
				continue
			}
			cells[n[1]*c.w+n[0]] = false
			stack = append(stack, n[1]*c.w+n[0])
		}
	}
}
