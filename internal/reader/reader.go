package reader

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"strings"

	"realname/internal/imaging"
	"realname/internal/reader/glyph"
	"realname/internal/reader/ocr"
	"realname/internal/review"
)

//go:embed weights/numbers.rnw
var numberWeights []byte

//go:embed weights/han.rnw
var hanWeights []byte

//go:embed weights/SHA256SUMS
var weightSums string

// Reader reads documents. It holds models that must not be used by two
// goroutines at once: each worker goroutine has its own.
type Reader struct {
	numbers    *glyph.Runner
	hanNet     *glyph.Runner
	overlayNet *glyph.Runner // hanNet with the characters of watermarks alone
	glyphs     []glyph.Glyph // scratch
	han        *ocr.Engine
}

// TypeTitle lists the titles by which a document type is known.
type TypeTitle struct {
	Code   review.CredentialType
	Titles []string
}

// Want says what a document is expected to show.
type Want struct {
	Declared review.Declared
	Role     review.Role
	Titles   []TypeTitle
}

// New loads the models; that of the OCR library in a child process. The program
// must call RunChild first thing in main.
func New() (*Reader, error) {
	net, err := load("numbers.rnw", numberWeights)
	if err != nil {
		return nil, err
	}
	chinese, err := load("han.rnw", hanWeights)
	if err != nil {
		return nil, err
	}
	few := chinese.Only(strings.Join(overlayWords, ""))
	r := &Reader{numbers: glyph.NewRunner(net), hanNet: glyph.NewRunner(chinese), overlayNet: glyph.NewRunner(few)}
	if r.han, err = ocr.Open("chi_sim"); err != nil {
		return nil, fmt.Errorf("open reader: %w", err)
	}
	return r, nil
}

// load reads a network whose checksum is the recorded one.
func load(name string, data []byte) (*glyph.Net, error) {
	if sum := fmt.Sprintf("%x  %s", sha256.Sum256(data), name); !strings.Contains(weightSums, sum) {
		return nil, fmt.Errorf("network %s: its checksum is not the one in SHA256SUMS", name)
	}
	net, err := glyph.Load(data)
	if err != nil {
		return nil, fmt.Errorf("load network %s: %w", name, err)
	}
	return net, nil
}

// Close frees the models.
func (r *Reader) Close() { r.han.Close() }

// Read reads one picture. The error is ours; whatever the picture lacks is in
// the reading.
func (r *Reader) Read(ctx context.Context, m *imaging.Image, w Want) (review.Reading, error) {
	return r.Open(m).Read(ctx, w)
}
