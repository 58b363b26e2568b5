package ocr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"unicode/utf8"
)

// A request is a mode, width and height of two bytes each, and the pixels row by
// row. A reply is a status byte, the confidence, the length of the text and the
// text. Both sides bound what they take before they take it: the child may have
// been taken over.
const (
	maxSide  = 8192    // pixels
	maxArea  = 4 << 20 // pixels
	maxText  = 64 << 10
	answered = 0
	refused  = 1
)

// refusal is an error that the library itself reports; the child is well.
type refusal string

func (r refusal) Error() string { return string(r) }

func writeRequest(w io.Writer, g *image.Gray, mode int) error {
	width, height := g.Rect.Dx(), g.Rect.Dy()
	if width > maxSide || height > maxSide || width*height > maxArea {
		return refusal(fmt.Sprintf("a line of %d x %d pixels is larger than %d a side or %d in all", width, height, maxSide, maxArea))
	}
	b := make([]byte, 6, 6+width*height)
	binary.LittleEndian.PutUint16(b, uint16(mode))
	binary.LittleEndian.PutUint16(b[2:], uint16(width))
	binary.LittleEndian.PutUint16(b[4:], uint16(height))
	for y := g.Rect.Min.Y; y < g.Rect.Max.Y; y++ {
		first := g.PixOffset(g.Rect.Min.X, y)
		b = append(b, g.Pix[first:first+width]...)
	}
	_, err := w.Write(b)
	return err
}

func readRequest(r io.Reader) (*image.Gray, int, error) {
	var head [6]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, 0, err
	}
	mode, width, height := binary.LittleEndian.Uint16(head[:]), int(binary.LittleEndian.Uint16(head[2:])), int(binary.LittleEndian.Uint16(head[4:]))
	if width > maxSide || height > maxSide || width*height > maxArea {
		return nil, 0, errors.New("a request is larger than its bounds")
	}
	g := image.NewGray(image.Rect(0, 0, width, height))
	_, err := io.ReadFull(r, g.Pix)
	return g, int(mode), err
}

func writeReply(w io.Writer, text string, confidence float64, err error) error {
	b := make([]byte, 13, 13+len(text))
	if err != nil {
		b[0], text = refused, err.Error()
	}
	binary.LittleEndian.PutUint64(b[1:], math.Float64bits(confidence))
	binary.LittleEndian.PutUint32(b[9:], uint32(len(text)))
	_, werr := w.Write(append(b, text...))
	return werr
}

func readReply(r io.Reader) (string, float64, error) {
	var head [13]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return "", 0, err
	}
	confidence := math.Float64frombits(binary.LittleEndian.Uint64(head[1:]))
	length := binary.LittleEndian.Uint32(head[9:])
	if head[0] > refused || length > maxText || !(confidence >= 0 && confidence <= 1) {
		return "", 0, errors.New("its answer is out of bounds")
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", 0, fmt.Errorf("its answer is cut off: %w", err)
	}
	if !utf8.Valid(text) {
		return "", 0, errors.New("its answer is no text")
	}
	if head[0] == refused {
		return "", 0, refusal(text)
	}
	return string(text), confidence, nil
}
