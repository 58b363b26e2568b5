package tess

import (
	"errors"
	"image"
	"image/draw"
	"os"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

func TestMain(m *testing.M) {
	os.Setenv("OMP_THREAD_LIMIT", "1")
	os.Exit(m.Run())
}

func TestOpenRefusesWithoutThreadLimit(t *testing.T) {
	t.Setenv("OMP_THREAD_LIMIT", "")
	if _, err := Open("eng"); !errors.Is(err, ErrThreads) {
		t.Fatalf("got %v, want ErrThreads", err)
	}
}

func TestOpenNamesTheMissingModel(t *testing.T) {
	if _, err := Open("no_such_language"); err == nil {
		t.Fatal("a language that is not installed opened")
	}
}

// drawn is a line of text in black on white.
func drawn(t *testing.T, text string) *image.Gray {
	t.Helper()
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 32, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(image.Rect(0, 0, 30*len(text), 48))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	(&font.Drawer{Dst: g, Src: image.Black, Face: face, Dot: fixed.P(12, 36)}).DrawString(text)
	return g
}

func TestReadIsDeterministicAndHonoursTheWhitelist(t *testing.T) {
	h, err := Open("eng")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	h.Allow("0123456789")
	line := drawn(t, "913100482048")
	first, conf, err := h.Read(line, Line)
	if err != nil || first != "913100482048" || conf <= 0.3 || conf > 1 {
		t.Fatalf("read %q, confidence %v, error %v", first, conf, err)
	}
	if got, _, _ := h.Read(drawn(t, "SPECIMEN"), Line); strings.ContainsFunc(got, unicode.IsLetter) {
		t.Fatalf("%q holds a letter", got)
	}
	again, _, _ := h.Read(line, Line)
	if again != first {
		t.Fatalf("second read gave %q, first %q", again, first)
	}
	sub := line.SubImage(image.Rect(0, 0, 3, 3)).(*image.Gray)
	if text, _, err := h.Read(sub, Line); text != "" || err != nil {
		t.Fatalf("a picture without room for a glyph gave %q, %v", text, err)
	}
}
