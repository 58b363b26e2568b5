package console

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"io"
	"net/http"
	"strconv"

	"realname/internal/imaging"
	"realname/internal/review"
)

// The bounds of showing pictures: the memory of all decodes together, the bytes
// of one upload, and the longer side of what is shown.
const (
	pictureBytes = 256 << 20
	maxUpload    = 32 << 20
	shownSide    = 1600
)

var (
	boxColour   = color.RGBA{200, 30, 30, 255}
	labelColour = color.RGBA{255, 255, 255, 255}
)

// getPicture shows a document that may be seen, decoded and encoded anew, so that
// nothing a registrant put into the file reaches a browser. The boxes of its
// findings are drawn on it.
func (c *Console) getPicture(w http.ResponseWriter, r *request) error {
	p, err := c.Desk.OpenPicture(r.Context(), r.Session, r.PathValue("id"))
	if err != nil {
		return err
	}
	data, err := c.load(r.Context(), p.BlobKey)
	if err != nil {
		return err
	}
	sub, err := c.Cases.Submission(r.Context(), r.Tenant, p.SubmissionID)
	if err != nil {
		return err
	}
	shown, err := c.draw(r.Context(), data, p.Extension, evidenceOn(sub, p.AttemptID, p.Role))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Length", strconv.Itoa(len(shown)))
	h.Set("Content-Disposition", "inline")
	_, _ = w.Write(shown) // the reader may be gone
	return nil
}

func (c *Console) load(ctx context.Context, key string) ([]byte, error) {
	body, err := c.Blobs.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(io.LimitReader(body, maxUpload))
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	return data, nil
}

// numbered is a box with the number that its finding has on the page.
type numbered struct {
	review.Evidence
	number int
}

// evidenceOn gathers what an attempt's findings point at on one document, numbered
// as the page numbers them.
func evidenceOn(sub review.Submission, attemptID string, role review.Role) (list []numbered) {
	for _, a := range sub.Attempts {
		if a.ID != attemptID || a.Outcome == nil {
			continue
		}
		n := 0
		for _, f := range a.Outcome.Findings {
			if f.Evidence.Box == nil {
				continue
			}
			n++
			if f.Evidence.Role == role {
				list = append(list, numbered{f.Evidence, n})
			}
		}
	}
	return list
}

// draw decodes an upload and draws the boxes on its upright picture. What cannot
// be decoded is review.ErrNotFound: the findings say why.
func (c *Console) draw(ctx context.Context, data []byte, extension string, on []numbered) ([]byte, error) {
	limits := imaging.DefaultLimits
	limits.MaxPixels, limits.MaxSide = c.Rules.Limits.MaxPixels, c.Rules.Limits.MaxSide
	m, fault, err := imaging.Decode(ctx, data, imaging.Probe(data, extension, limits), c.pics)
	if err != nil {
		return nil, fmt.Errorf("decode document: %w", err)
	}
	if fault != review.FileFine {
		return nil, review.ErrNotFound
	}
	if len(on) > 0 {
		m = m.Turned(on[0].Rotation / 90)
	}
	cut := m.Cut(review.Box{W: m.Width, H: m.Height}, shownSide)
	for _, e := range on {
		if e.Width > 0 && (e.Width != m.Width || e.Height != m.Height) {
			continue // not the picture that was reviewed
		}
		at := func(v int) int { return v * cut.Rect.Dx() / m.Width }
		box := image.Rect(at(e.Box.X), at(e.Box.Y), at(e.Box.X+e.Box.W), at(e.Box.Y+e.Box.H))
		cut.Frame(box.Inset(-3), 3, boxColour)
		label(cut, box.Min, e.number)
	}
	return cut.JPEG()
}

// digits are the shapes of 0 to 9 on a grid of three by five, a row a number.
var digits = [10][5]uint8{
	{7, 5, 5, 5, 7}, {2, 6, 2, 2, 7}, {7, 1, 7, 4, 7}, {7, 1, 7, 1, 7}, {5, 5, 7, 1, 1},
	{7, 4, 7, 1, 7}, {7, 4, 7, 5, 7}, {7, 1, 2, 2, 2}, {7, 5, 7, 5, 7}, {7, 5, 7, 1, 7},
}

// label writes a number above the corner of a box.
func label(cut imaging.Cut, corner image.Point, n int) {
	const dot, pad = 4, 4
	text := strconv.Itoa(n)
	size := image.Pt(len(text)*4*dot-dot+2*pad, 5*dot+2*pad)
	from := image.Pt(max(corner.X-3, 0), max(corner.Y-3-size.Y, 0))
	cut.Frame(image.Rectangle{from, from.Add(size)}, size.Y/2+1, boxColour) // as thick as it fills
	for i, d := range []byte(text) {
		for y, row := range digits[d-'0'] {
			for x := range 3 {
				if row&(4>>x) == 0 {
					continue
				}
				at := from.Add(image.Pt(pad+(i*4+x)*dot, pad+y*dot))
				cut.Frame(image.Rectangle{at, at.Add(image.Pt(dot, dot))}, dot, labelColour)
			}
		}
	}
}
