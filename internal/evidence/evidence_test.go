package evidence

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"testing"

	"realname/internal/imaging"
	"realname/internal/review"
)

const (
	pageWide, pageHigh = 1600, 1200
)

// upload is a white page with fine black stripes all over, as print has, and one
// blue field. The stripes are gone wherever nothing can be read.
func upload(t testing.TB, field image.Rectangle) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, pageWide, pageHigh))
	for y := range pageHigh {
		for x := range pageWide {
			m.SetRGBA(x, y, color.RGBA{uint8(255 * (x / 8 % 2)), uint8(255 * (x / 8 % 2)), uint8(255 * (x / 8 % 2)), 255})
		}
	}
	draw.Draw(m, field, image.NewUniform(color.RGBA{20, 40, 220, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func crop(t testing.TB, data []byte, e review.Evidence) image.Image {
	t.Helper()
	out, err := Crop(t.Context(), data, e, imaging.DefaultLimits, imaging.NewBudget(1<<30))
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// contrast is the largest difference in grey between pixels eight apart.
func contrast(m image.Image, r image.Rectangle) int {
	grey := func(x, y int) int { return int(color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y) }
	most := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x+8 < r.Max.X; x++ {
			d := grey(x, y) - grey(x+8, y)
			most = max(most, d, -d)
		}
	}
	return most
}

func blue(m image.Image, x, y int) bool {
	r, _, b, _ := m.At(x, y).RGBA()
	return b > r+0x6000
}

func TestACropShowsItsFieldAndHidesWhatIsAroundIt(t *testing.T) {
	field := image.Rect(400, 500, 900, 560)
	m := crop(t, upload(t, field), review.Evidence{Role: review.Licence, Box: &review.Box{X: 400, Y: 500, W: 500, H: 60}, Width: pageWide, Height: pageHigh})
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	if !blue(m, w/2, h/2) || w > longest || h > 150 {
		t.Errorf("%d x %d, its middle %v", w, h, m.At(w/2, h/2))
	}
	if c := contrast(m, image.Rect(0, 0, w, h/8)); c > 110 {
		t.Errorf("print above the field keeps a contrast of %d", c)
	}
}

func TestACropIsUpright(t *testing.T) {
	// The photo lies on its side: turned clockwise once, its left bottom is the left top.
	field := image.Rect(100, 900, 160, 1100)
	m := crop(t, upload(t, field), review.Evidence{Role: review.Licence, Box: &review.Box{X: 100, Y: 100, W: 200, H: 60}, Width: pageHigh, Height: pageWide, Rotation: 90})
	b := m.Bounds()
	if b.Dx() <= b.Dy() || !blue(m, b.Dx()/2, b.Dy()/2) {
		t.Errorf("%v, its middle %v", b, m.At(b.Dx()/2, b.Dy()/2))
	}
}

func TestAWholePageIsTooSmallToBeRead(t *testing.T) {
	data := upload(t, image.Rectangle{})
	for rule, box := range map[string]*review.Box{"no box": nil, "most of the page": {X: 100, Y: 100, W: 1200, H: 900}} {
		m := crop(t, data, review.Evidence{Role: review.Licence, Box: box, Width: pageWide, Height: pageHigh})
		if b := m.Bounds(); max(b.Dx(), b.Dy()) > pageSide {
			t.Errorf("%s: %v", rule, b)
		}
	}
}

func TestABoxAtTheEdgeOrBeyondIsNoFault(t *testing.T) {
	data := upload(t, image.Rectangle{})
	for _, box := range []review.Box{{}, {X: -50, Y: -50, W: 100, H: 100}, {X: pageWide - 1, Y: pageHigh - 1, W: 1, H: 1}, {X: 5000, Y: 5000, W: 10, H: 10}, {X: 10, Y: 10, W: -5, H: -5}} {
		crop(t, data, review.Evidence{Role: review.Licence, Box: &box, Width: pageWide, Height: pageHigh})
	}
}

func TestWhatHasNoPictureIsSaidSo(t *testing.T) {
	data := upload(t, image.Rectangle{})
	for rule, c := range map[string]struct {
		data []byte
		e    review.Evidence
	}{
		"declared data alone": {data, review.Evidence{}},
		"another picture":     {data, review.Evidence{Role: review.Licence, Width: 800, Height: 600}},
		"a broken file":       {data[:len(data)/2], review.Evidence{Role: review.Licence, Width: pageWide, Height: pageHigh}},
		"no image":            {[]byte("text"), review.Evidence{Role: review.Licence, Width: pageWide, Height: pageHigh}},
	} {
		if _, err := Crop(t.Context(), c.data, c.e, imaging.DefaultLimits, imaging.NewBudget(1<<30)); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}
