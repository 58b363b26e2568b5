// Package evidence cuts the picture that proves a finding out of the document that
// it was made on, for a mail: small, its box framed, everything around the box
// painted over. May says of which findings there may be one at all. It judges
// nothing and stores nothing.
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

// ErrNone means that the finding has nothing to show: its picture cannot be
// decoded, is another one, or would be too large for a mail.
var ErrNone = errors.New("no picture shows this finding")

const (
	longest   = 520      // pixels of a picture's longer side: a mail is 600 wide
	leastSide = 24       // of a box before its margin; less shows nothing
	mostBytes = 24 << 10 // of one picture
)

var (
	outline = color.RGBA{214, 40, 40, 255}
	around  = color.RGBA{229, 231, 235, 255}
)

// Cutter cuts pictures within one program's limits.
type Cutter struct {
	Limits imaging.Limits
	Budget *imaging.Budget
}

// Crop returns a JPEG of what the evidence's box covers, upright. The data is the
// whole upload of the evidence's role, as it was reviewed. Decoding waits for the
// budget. ErrNone means that there is nothing to show.
func (c Cutter) Crop(ctx context.Context, data []byte, e review.Evidence) ([]byte, error) {
	if e.Role == "" || e.Box == nil {
		return nil, ErrNone
	}
	m, fault, err := imaging.Decode(ctx, data, imaging.Probe(data, "jpg", c.Limits), c.Budget)
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
	picture, err := part(m, *e.Box)
	if err == nil && len(picture) > mostBytes {
		return nil, ErrNone
	}
	return picture, err
}

// part shows the box and a frame on plain paper: what is printed beside it is
// another field, and a mosaic over print can be undone.
func part(m *imaging.Image, box review.Box) ([]byte, error) {
	box.X, box.W = box.X-box.H/4, box.W+box.H/2 // a reader's box ends within the last character
	box = grown(box, m)
	margin := max(box.H/3, leastSide/2)
	outer := review.Box{X: max(box.X-margin, 0), Y: max(box.Y-margin, 0)}
	outer.W, outer.H = min(box.X+box.W+margin, m.Width)-outer.X, min(box.Y+box.H+margin, m.Height)-outer.Y
	c := m.Cut(outer, longest)
	if outer.W <= 0 || outer.H <= 0 {
		return nil, ErrNone
	}
	at := func(v, from int) int { return (v - from) * c.Rect.Dx() / outer.W }
	keep := image.Rect(at(box.X, outer.X), at(box.Y, outer.Y), at(box.X+box.W, outer.X), at(box.Y+box.H, outer.Y))
	c.Hide(keep, around)
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
