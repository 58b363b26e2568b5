package reader

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"strings"
	"sync"

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
	n, err := networks()
	if err != nil {
		return nil, err
	}
	r := &Reader{numbers: glyph.NewRunner(n.numbers), hanNet: glyph.NewRunner(n.han), overlayNet: glyph.NewRunner(n.overlay)}
	if r.han, err = ocr.Open("chi_sim"); err != nil {
		return nil, fmt.Errorf("open reader: %w", err)
	}
	return r, nil
}

// nets are what all readers of a process share: a network never changes.
type nets struct{ numbers, han, overlay *glyph.Net }

var networks = sync.OnceValues(func() (n nets, err error) {
	if n.numbers, err = load("numbers.rnw", numberWeights); err != nil {
		return n, err
	}
	if n.han, err = load("han.rnw", hanWeights); err != nil {
		return n, err
	}
	n.overlay = n.han.Only(strings.Join(overlayWords, ""))
	return n, nil
})

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
