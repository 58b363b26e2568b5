package layout

// Box is the frame of a connected piece of ink, in pixels; X1 and Y1 lie
// outside.
type Box struct {
	X0, Y0, X1, Y1 int
	Area           int // pixels of ink
}

// W is the width of the box.
func (b Box) W() int { return b.X1 - b.X0 }

// H is the height of the box.
func (b Box) H() int { return b.Y1 - b.Y0 }

// MidX is the middle of the box from left to right.
func (b Box) MidX() float64 { return float64(b.X0+b.X1) / 2 }

// MidY is the middle of the box from top to bottom.
func (b Box) MidY() float64 { return float64(b.Y0+b.Y1) / 2 }

// Join is the box around both.
func (b Box) Join(o Box) Box {
	return Box{min(b.X0, o.X0), min(b.Y0, o.Y0), max(b.X1, o.X1), max(b.Y1, o.Y1), b.Area + o.Area}
}

// span is a horizontal run of ink; parent links spans of one component.
type span struct {
	y, x0, x1, parent int
}

// Components lists the connected pieces of ink (touching at sides or corners),
// from top to bottom.
func Components(b *Bitmap) []Box {
	var spans []span
	above := 0 // first span of the row above
	for y := range b.H {
		start := len(spans)
		spans = appendSpans(spans, b.Ink[y*b.W:(y+1)*b.W], y)
		link(spans, above, start)
		above = start
	}
	at, boxes := map[int]int{}, []Box(nil)
	for i, s := range spans {
		root := find(spans, i)
		box := Box{s.x0, s.y, s.x1, s.y + 1, s.x1 - s.x0}
		k, seen := at[root]
		if !seen {
			at[root] = len(boxes)
			boxes = append(boxes, box)
			continue
		}
		boxes[k] = boxes[k].Join(box)
	}
	return boxes
}

func appendSpans(spans []span, row []bool, y int) []span {
	for x := 0; x < len(row); x++ {
		if !row[x] {
			continue
		}
		from := x
		for x < len(row) && row[x] {
			x++
		}
		spans = append(spans, span{y, from, x, len(spans)})
	}
	return spans
}

// link joins each span from start on with the spans it touches in the row above.
func link(spans []span, above, start int) {
	j := above
	for i := start; i < len(spans); i++ {
		for j > above && spans[j-1].x1 >= spans[i].x0 {
			j--
		}
		for ; j < start && spans[j].x0 <= spans[i].x1; j++ {
			if spans[j].y == spans[i].y-1 && spans[j].x1 >= spans[i].x0 {
				union(spans, i, j)
			}
		}
	}
}

func find(spans []span, i int) int {
	for spans[i].parent != i {
		spans[i].parent = spans[spans[i].parent].parent
		i = spans[i].parent
	}
	return i
}

func union(spans []span, i, j int) {
	a, b := find(spans, i), find(spans, j)
	spans[max(a, b)].parent = min(a, b)
}
