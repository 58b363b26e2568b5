package specimen

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/golang/freetype/truetype"
	"golang.org/x/image/font"
)

// Where Debian and others keep free Chinese fonts: a sans and a serif face.
var (
	sansPaths  = []string{"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", "/System/Library/Fonts/STHeiti Light.ttc"}
	serifPaths = []string{"/usr/share/fonts/truetype/arphic/uming.ttc", "/System/Library/Fonts/Songti.ttc"}
)

// ErrNoFont says what to install where no Chinese font was found.
var ErrNoFont = errors.New("no Chinese font was found; install fonts-wqy-microhei and fonts-arphic-uming (Debian, Ubuntu) or run scripts/bootstrap")

type fontPair struct{ sans, serif *truetype.Font }

var fonts = sync.OnceValues(func() (fontPair, error) {
	sans, err := load(sansPaths)
	if err != nil {
		return fontPair{}, err
	}
	serif, err := load(serifPaths)
	if err != nil {
		serif = sans
	}
	return fontPair{sans, serif}, nil
})

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
