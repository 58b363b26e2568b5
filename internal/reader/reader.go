package reader

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"realname/internal/imaging"
	"realname/internal/reader/glyph"
	"realname/internal/reader/tess"
	"realname/internal/review"
)

//go:embed weights/numbers.rnw
var numberWeights []byte

//go:embed weights/han.rnw
var hanWeights []byte

// Reader reads documents. It holds models that must not be used by two
// goroutines at once: each worker goroutine has its own.
type Reader struct {
	numbers *glyph.Runner
	hanNet  *glyph.Runner
	glyphs  []glyph.Glyph // scratch
	han     *tess.Handle
	latin   *tess.Handle
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

// New loads the models. It refuses to when OMP_THREAD_LIMIT was not 1 at the
// start of the process; see EnsureThreads.
func New() (*Reader, error) {
	net, err := glyph.Load(numberWeights)
	if err != nil {
		return nil, fmt.Errorf("load number network: %w", err)
	}
	chinese, err := glyph.Load(hanWeights)
	if err != nil {
		return nil, fmt.Errorf("load network for Chinese: %w", err)
	}
	r := &Reader{numbers: glyph.NewRunner(net), hanNet: glyph.NewRunner(chinese)}
	if r.han, err = tess.Open("chi_sim"); err != nil {
		return nil, fmt.Errorf("open reader: %w", err)
	}
	if r.latin, err = tess.Open("eng"); err != nil {
		r.Close()
		return nil, fmt.Errorf("open reader: %w", err)
	}
	return r, nil
}

// Close frees the models.
func (r *Reader) Close() {
	for _, h := range []*tess.Handle{r.han, r.latin} {
		if h != nil {
			h.Close()
		}
	}
}

var errEmpty = errors.New("read: the picture has no pixels")

// Read reads one picture. The error is ours; whatever the picture lacks is in
// the reading.
func (r *Reader) Read(ctx context.Context, m *imaging.Image, w Want) (review.Reading, error) {
	return r.Open(m).Read(ctx, w)
}
