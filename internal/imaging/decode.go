package imaging

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"

	"realname/internal/review"
)

// Image is a decoded picture, upright by its EXIF orientation, as three planes
// of the same size.
type Image struct {
	Width, Height int // pixels
	R, G, B       *image.Gray
}

// maxWork is the longest side that measures and reading work on. A larger photo
// is halved until it fits: print is legible far below it, and twelve megapixels
// cost four times as much as three.
const maxWork = 2600

// Decode decodes a file that Probe found fine, within the budget and until ctx
// ends. A fault is the file's, an error is ours.
func Decode(ctx context.Context, data []byte, f review.File, b *Budget) (*Image, review.FileFault, error) {
	if f.Fault != review.FileFine {
		return nil, f.Fault, nil
	}
	release, err := b.take(ctx, f.Width*f.Height)
	if err != nil {
		return nil, review.FileFine, err
	}
	defer release()
	decoded, err := jpeg.Decode(&patient{ctx, bytes.NewReader(data)})
	if ctx.Err() != nil {
		return nil, review.FileFine, ctx.Err()
	}
	if err != nil {
		return nil, fault(err), nil
	}
	return upright(planes(decoded), walk(data).orientation), review.FileFine, nil
}

// fault tells a file that ends too early from one that is wrong.
func fault(err error) review.FileFault {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return review.FileTruncated
	}
	return review.FileBroken
}

// patient is a reader that ends with its context: the decoder knows none.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
