// Package evidence cuts the picture that proves a finding out of the document
// that it was made on, small and without the rest of the document: what stands
// around the box is hidden behind a mosaic, and a finding about the whole page
// gets a page in which no field can be read. It judges nothing and stores nothing.
package evidence

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"

	"realname/internal/imaging"
	"realname/internal/review"
)

// ErrNone means that the finding has nothing to show: it is not about a picture,
// or its picture cannot be decoded.
var ErrNone = errors.New("no picture shows this finding")

const (
	longest   = 640 // pixels of a crop's longer side
	pageSide  = 128 // of a whole page: even a card's number is then under five pixels high
	wholePage = 4   // a box over more than a page's fourth part is shown on the page
	leastSide = 24  // of a crop before its margin; less shows nothing
)

var outline = color.RGBA{214, 40, 40, 255}

// Shown reports whether a finding has a picture at all.
func Shown(e review.Evidence) bool { return e.Role != "" && e.Width > 0 && e.Height > 0 }

// Crop returns a JPEG of what the evidence points at, upright. The data is the
// whole upload of the evidence's role, as it was reviewed. Decoding waits for the
// budget and obeys the limits of imaging.
func Crop(ctx context.Context, data []byte, e review.Evidence, limits imaging.Limits, b *imaging.Budget) ([]byte, error) {
	if !Shown(e) {
		return nil, ErrNone
	}
	m, fault, err := imaging.Decode(ctx, data, imaging.Probe(data, "jpg", limits), b)
	if err != nil {
		return nil, fmt.Errorf("decode document: %w", err)
	}
	if fault != review.FileFine {
		return nil, ErrNone
	}
	m = m.Turned(e.Rotation / 90)
	if m.Width != e.Width || m.Height != e.Height {
		return nil, ErrNone // not the picture that was reviewed
	}
	if e.Box == nil || wholePage*e.Box.W*e.Box.H > m.Width*m.Height {
		return page(m, e.Box)
	}
	return part(m, *e.Box)
}

// page shows the whole page so small that nobody can read its fields.
func page(m *imaging.Image, box *review.Box) ([]byte, error) {
	c := m.Cut(review.Box{W: m.Width, H: m.Height}, pageSide)
	if box != nil {
		at := func(v int) int { return v * c.Rect.Dx() / m.Width }
		c.Frame(image.Rect(at(box.X), at(box.Y), at(box.X+box.W), at(box.Y+box.H)), 2, outline)
	}
	return c.JPEG()
}

// part shows the box with some of what is around it, which is hidden: it helps to
// find the place and must not be read.
func part(m *imaging.Image, box review.Box) ([]byte, error) {
	box = grown(box, m)
	margin := max(box.H/2, leastSide/2)
	around := review.Box{X: max(box.X-margin, 0), Y: max(box.Y-margin, 0)}
	around.W, around.H = min(box.X+box.W+margin, m.Width)-around.X, min(box.Y+box.H+margin, m.Height)-around.Y
	c := m.Cut(around, longest)
	at := func(v, from int) int { return (v - from) * c.Rect.Dx() / around.W }
	keep := image.Rect(at(box.X, around.X), at(box.Y, around.Y), at(box.X+box.W, around.X), at(box.Y+box.H, around.Y))
	c.Mosaic(keep, max(c.Rect.Dy()/5, 6))
	c.Frame(keep.Inset(-2), 2, outline)
	return c.JPEG()
}

// grown makes a box at least so large that something can be seen.
func grown(b review.Box, m *imaging.Image) review.Box {
	for b.W < leastSide && b.W < m.Width {
		b.X, b.W = max(b.X-1, 0), b.W+2
	}
	for b.H < leastSide && b.H < m.Height {
		b.Y, b.H = max(b.Y-1, 0), b.H+2
	}
	return b
}
