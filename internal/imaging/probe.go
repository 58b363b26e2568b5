package imaging

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image/jpeg"

	"realname/internal/review"
)

// Limits bound what is decoded.
type Limits struct {
	MaxPixels int // width times height
	MaxSide   int
	MaxScans  int // of a progressive file; each costs a pass over all pixels
}

// DefaultLimits are those of the rules: 50 megapixels is the common cap of
// image servers, above every phone's single shot that registries accept.
var DefaultLimits = Limits{MaxPixels: 50_000_000, MaxSide: 20_000, MaxScans: 64}

// minPixelsPerByte is where a small file that claims a huge picture is a bomb: a
// flat page compresses to about 100 pixels a byte, and only pictures above the
// free size are judged by it.
const (
	maxPixelsPerByte = 400
	freePixels       = 4_000_000
)

// Probe looks at a file without decoding a pixel. What is wrong with it is in
// the result; there is no error.
func Probe(data []byte, extension string, lim Limits) review.File {
	sum := sha256.Sum256(data)
	f := review.File{Extension: extension, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Magic: magic(data)}
	switch f.Magic {
	case "jpeg":
		probeJPEG(&f, data, lim)
	case "":
		f.Fault = review.FileNotImage
	default:
		f.Fault = review.FileOtherType
	}
	if len(data) == 0 {
		f.Fault = review.FileEmpty
	}
	return f
}

func probeJPEG(f *review.File, data []byte, lim Limits) {
	h := walk(data)
	f.Width, f.Height, f.Colours = h.width, h.height, h.components
	switch {
	case h.width > lim.MaxSide, h.height > lim.MaxSide, h.width*h.height > lim.MaxPixels, h.scans > lim.MaxScans,
		h.width*h.height > freePixels && h.width*h.height > maxPixelsPerByte*len(data):
		f.Fault = review.FileBomb
	case h.width == 0 || h.height == 0:
		f.Fault = broken(h)
	case !h.ended:
		f.Fault = review.FileTruncated
	default:
		if _, err := jpeg.DecodeConfig(bytes.NewReader(data)); err != nil {
			f.Fault = review.FileBroken
		}
	}
}

// broken tells a header that was cut off from one that is wrong.
func broken(h header) review.FileFault {
	if h.sized || h.ended {
		return review.FileBroken
	}
	return review.FileTruncated
}
