package reader

import (
	"context"
	"image"
	"image/draw"
	"os"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"realname/internal/credential"
	"realname/internal/imaging"
	"realname/internal/reader/glyph"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

func TestMain(m *testing.M) {
	RunChild()
	os.Exit(m.Run())
}

func newReader(t testing.TB) *Reader {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// drawn is a page with lines of text in black on grey paper.
func drawn(t testing.TB, size float64, texts ...string) *imaging.Image {
	t.Helper()
	f, err := opentype.Parse(gomono.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(image.Rect(0, 0, 900, 1200))
	draw.Draw(g, g.Rect, image.NewUniform(image.White.C), image.Point{}, draw.Src)
	d := font.Drawer{Dst: g, Src: image.Black, Face: face}
	for i, text := range texts {
		d.Dot = fixed.P(120, 260+i*90)
		d.DrawString(text)
	}
	return &imaging.Image{Width: g.Rect.Dx(), Height: g.Rect.Dy(), R: g, G: g, B: g}
}

// code completes seventeen characters to a valid credit code.
func code(t testing.TB, body string) string {
	t.Helper()
	return body + string(credential.USCCCheck(body))
}

func read(t testing.TB, r *Reader, p *imaging.Image, d review.Declared) review.Reading {
	t.Helper()
	got, err := r.Read(context.Background(), p, Want{Declared: d, Role: review.Licence})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestNumberIsConfirmedContradictedOrUnreadable(t *testing.T) {
	r := newReader(t)
	printed, other := code(t, "91350000MA0TPEC12"), code(t, "91350000MA0TPEC13")
	page := drawn(t, 34, printed)
	cases := []struct {
		name, declared string
		want           review.Verdict
	}{
		{"the printed number", printed, review.Confirmed},
		{"another valid number", other, review.Contradicted},
		{"look-alike B for 8 leaves the check wrong", strings.Replace(printed, "0", "D", 1), review.Contradicted},
		{"two figures swapped", swap(printed, 1), review.Contradicted},
		{"one left out", printed[:5] + printed[6:], review.Contradicted},
		{"one doubled", printed[:5] + printed[4:], review.Contradicted},
	}
	for _, c := range cases {
		got := read(t, r, page, review.Declared{Number: c.declared, CredentialType: "YYZZ"}).Number
		if got.Verdict != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got.Verdict, got.Read, c.want)
		}
		if got.Verdict == review.Contradicted && got.Read != printed {
			t.Errorf("%s: contradicted by %s, which is not printed", c.name, got.Read)
		}
		if got.Box == nil || got.Box.Y > 270 || got.Box.Y+got.Box.H < 250 {
			t.Errorf("%s: box %v does not cover the line", c.name, got.Box)
		}
	}
	if got := read(t, r, drawn(t, 34), review.Declared{Number: printed, CredentialType: "YYZZ"}).Number; got.Verdict != review.Unreadable {
		t.Errorf("an empty page: %s", got.Verdict)
	}
}

// A number that was declared a character short is never the one on the document,
// even where the strip that was read lacks the same character.
func TestAPartOfANumberIsNotTheNumber(t *testing.T) {
	r := newReader(t)
	printed := code(t, "91350000MA0TPEC12")
	for _, page := range []*imaging.Image{drawn(t, 34, printed[1:]), drawn(t, 34, printed[0:1]+"   "+printed[1:])} {
		if got := read(t, r, page, review.Declared{Number: printed[1:], CredentialType: "YYZZ"}).Number; got.Verdict == review.Confirmed {
			t.Errorf("confirmed %s", got.Read)
		}
	}
}

// A number that stands close behind its label begins outside of the row of
// figures that is found; the strip is widened then.
func TestANumberBehindItsLabelIsReadWhole(t *testing.T) {
	printed := code(t, "91350000MA0TPEC12")
	g := []glyph.Glyph{}
	for i, c := range printed[4:] {
		g = append(g, glyph.Glyph{Char: c, Start: 1 + 4*i, End: 3 + 4*i})
	}
	f := strip{layout.Frame{X: 100, W: 280}, 280, inkPlane}
	wide, ok := f.widened(g)
	if !ok || wide.X >= 100 || wide.X+wide.W < f.X+f.W {
		t.Errorf("%+v %v", wide, ok)
	}
	for i := range g {
		g[i].Start, g[i].End = g[i].Start+6, g[i].End+6
	}
	if wide, ok := (strip{layout.Frame{X: 100, W: 500}, 500, inkPlane}).widened(g); ok {
		t.Errorf("widened though there is room: %+v", wide)
	}
	if _, ok := f.widened(g[:4]); ok {
		t.Error("widened for a few strokes")
	}
}

func swap(s string, i int) string {
	b := []byte(s)
	b[i], b[i+1] = b[i+1], b[i]
	return string(b)
}

func TestReadingIsDeterministic(t *testing.T) {
	r := newReader(t)
	page := drawn(t, 30, code(t, "91350000MA0TPEC12"), "2021-03-14")
	d := review.Declared{Number: code(t, "91350000MA0TPEC12"), CredentialType: "YYZZ"}
	a, b := read(t, r, page, d), read(t, r, page, d)
	if a.Number.Confidence != b.Number.Confidence || a.Number.Read != b.Number.Read || a.Established != b.Established {
		t.Errorf("two reads differ: %+v, %+v", a.Number, b.Number)
	}
}

// A picture of a few pixels is the registrant's fault, not an error of ours.
func TestATinyPictureIsUnreadable(t *testing.T) {
	r := newReader(t)
	g := image.NewGray(image.Rect(0, 0, 3, 3))
	got, err := r.Read(context.Background(), &imaging.Image{Width: 3, Height: 3, R: g, G: g, B: g}, Want{Declared: review.Declared{Name: "样本", Number: "1"}})
	if err != nil || got.Name.Verdict != review.Unreadable || got.Number.Verdict != review.Unreadable {
		t.Errorf("%+v %v", got, err)
	}
}

func TestWeightsMustMatchTheirChecksum(t *testing.T) {
	damaged := append([]byte(nil), numberWeights...)
	damaged[len(damaged)-1] ^= 1
	if _, err := load("numbers.rnw", damaged); err == nil {
		t.Error("weights with one bit changed were loaded")
	}
}

// A declared number of one character once met a line without a legible glyph.
func TestAShortDeclaredNumberIsNoPanic(t *testing.T) {
	r := newReader(t)
	page := drawn(t, 34, "||||||||||||||||||")
	for _, number := range []string{"", "X", "XX"} {
		if got := read(t, r, page, review.Declared{Number: number, CredentialType: "YYZZ"}).Number; got.Verdict == review.Confirmed {
			t.Errorf("%q: %s", number, got.Verdict)
		}
	}
}

// A page on its head once used up the budget on titles before the right way up
// was tried.
func TestATurnedPageIsReadTheRightWayUp(t *testing.T) {
	r := newReader(t)
	printed := code(t, "91350000MA0TPEC12")
	page := drawn(t, 34, printed, "Some lines of print", "that are no number", "and no title at all", "12 34 56 78 90", "More print below")
	for turns := range 4 {
		got := read(t, r, page.Turned(turns), review.Declared{Number: printed, Name: "样本", CredentialType: "YYZZ"})
		if got.Number.Verdict != review.Confirmed || got.Rotation != (4-turns)%4*90 {
			t.Errorf("turned %d times: %s, rotation %d", turns, got.Number.Verdict, got.Rotation)
		}
	}
}
