package specimen

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/golang/freetype/truetype"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// Where Debian and others keep free Chinese fonts: a sans, a script and a serif face.
var (
	sansPaths  = []string{"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", "/System/Library/Fonts/STHeiti Light.ttc"}
	kaiPaths   = []string{"/usr/share/fonts/truetype/arphic/ukai.ttc", "/System/Library/Fonts/Kaiti.ttc"}
	serifPaths = []string{"/usr/share/fonts/truetype/arphic/uming.ttc", "/System/Library/Fonts/Songti.ttc"}
	ocrbPaths  = []string{"/usr/share/fonts/opentype/ocr-b/OCRBS.otf", "/usr/share/fonts/ocr-b/OCRBS.otf"}
)

// ErrNoFont says what to install where no Chinese font was found.
var ErrNoFont = errors.New("no Chinese font was found; install fonts-wqy-microhei and fonts-arphic-uming (Debian, Ubuntu) or run scripts/bootstrap")

// ErrNoOCRB says what to install where the font of machine-readable lines is missing.
var ErrNoOCRB = errors.New("the font OCR-B was not found; install fonts-ocr-b (Debian, Ubuntu) or run scripts/bootstrap")

// fontSet are the faces of labels (serif), values (sans), of Kai and of Latin print.
type fontSet struct{ sans, serif, kai, latin *truetype.Font }

var fonts = sync.OnceValues(func() (fontSet, error) {
	sans, err := load(sansPaths)
	if err != nil {
		return fontSet{}, err
	}
	serif, err := load(serifPaths)
	if err != nil {
		serif = sans
	}
	kai, err := load(kaiPaths)
	if err != nil {
		kai = serif
	}
	return fontSet{sans, serif, kai, sans}, nil
})

// ocrb is the face of machine-readable lines; the other faces' parser does not read
// its kind of outlines.
var ocrb = sync.OnceValues(func() (*opentype.Font, error) {
	for _, p := range ocrbPaths {
		data, err := os.ReadFile(p)
		if err != nil {
			continue
		}
		f, err := opentype.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("read font %s: %w", p, err)
		}
		return f, nil
	}
	return nil, ErrNoOCRB
})

// Faces is how many faces the values of a document can be printed in.
const Faces = 3

// valueFace is the face of a document's values: Hei, Song or Kai.
func (f fontSet) valueFace(n int) *truetype.Font {
	return [Faces]*truetype.Font{f.sans, f.serif, f.kai}[n%Faces]
}

func load(paths []string) (*truetype.Font, error) {
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			continue
		}
		f, err := truetype.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("read font %s: %w", p, err)
		}
		return f, nil
	}
	return nil, ErrNoFont
}

func face(f *truetype.Font, size float64) font.Face {
	return truetype.NewFace(f, &truetype.Options{Size: size, DPI: 72})
}
