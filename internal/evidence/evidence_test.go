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

func cutter() Cutter {
	return Cutter{Limits: imaging.DefaultLimits, Budget: imaging.NewBudget(1 << 30)}
}

func crop(t testing.TB, data []byte, e review.Evidence) image.Image {
	t.Helper()
	out, err := cutter().Crop(t.Context(), data, e)
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
	if c := contrast(m, image.Rect(0, 0, w, h/8)); c > 8 {
		t.Errorf("above the field, print leaves a contrast of %d", c)
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

func TestABoxAtTheEdgeOrBeyondIsNoFault(t *testing.T) {
	data := upload(t, image.Rectangle{})
	for _, box := range []review.Box{{}, {X: -50, Y: -50, W: 100, H: 100}, {X: pageWide - 1, Y: pageHigh - 1, W: 1, H: 1}, {X: 5000, Y: 5000, W: 10, H: 10}, {X: 10, Y: 10, W: -5, H: -5}} {
		_, err := cutter().Crop(t.Context(), data, review.Evidence{Role: review.Licence, Box: &box, Width: pageWide, Height: pageHigh})
		if err != nil && !errors.Is(err, ErrNone) {
			t.Errorf("%+v: %v", box, err)
		}
	}
}

func TestWhatHasNoPictureIsSaidSo(t *testing.T) {
	data, box := upload(t, image.Rectangle{}), &review.Box{X: 100, Y: 100, W: 200, H: 40}
	for rule, c := range map[string]struct {
		data []byte
		e    review.Evidence
	}{
		"declared data alone": {data, review.Evidence{}},
		"a whole page":        {data, review.Evidence{Role: review.Licence, Width: pageWide, Height: pageHigh}},
		"another picture":     {data, review.Evidence{Role: review.Licence, Box: box, Width: 800, Height: 600}},
		"a broken file":       {data[:len(data)/2], review.Evidence{Role: review.Licence, Box: box, Width: pageWide, Height: pageHigh}},
		"no image":            {[]byte("text"), review.Evidence{Role: review.Licence, Box: box, Width: pageWide, Height: pageHigh}},
	} {
		if _, err := cutter().Crop(t.Context(), c.data, c.e); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

// Rule: what identifies somebody is in no mail, wherever a box says that it is.
func TestOnlyADateOnAPageThatIsKnownMayBeShown(t *testing.T) {
	date := &review.Box{X: 900, Y: 900, W: 300, H: 40}
	good := review.Finding{Field: review.FieldIssueDate, Evidence: review.Evidence{Role: review.Licence, Box: date, Width: pageWide, Height: pageHigh}}
	known := func(change func(*review.Reading)) review.Facts {
		r := review.Reading{Title: review.FieldReading{Verdict: review.Confirmed}}
		change(&r)
		return review.Facts{Documents: []review.DocumentFacts{{Role: review.Licence, Reading: &r}, {Role: review.PortraitSide, Reading: &r}, {Role: review.DataPage, Reading: &r}}}
	}
	nothing := func(*review.Reading) {}
	if !cutter().May(good, known(nothing)) {
		t.Fatal("a date may not be shown")
	}
	onLine := review.Box{X: 300, Y: 905, W: 610, H: 40}
	for rule, facts := range map[string]review.Facts{
		"nothing was read":           {},
		"another page's date":        {Documents: []review.DocumentFacts{{Role: review.EmblemSide, Reading: &review.Reading{Title: review.FieldReading{Verdict: review.Confirmed}}}}},
		"the title was not read":     known(func(r *review.Reading) { r.Title.Verdict = review.Unreadable }),
		"the name is there":          known(func(r *review.Reading) { r.Name.Box = &onLine }),
		"a name was looked for":      known(func(r *review.Reading) { r.Name = review.FieldReading{Verdict: review.Unreadable, Box: date} }),
		"the number is there":        known(func(r *review.Reading) { r.Number.Box = &onLine }),
		"the head's name is there":   known(func(r *review.Reading) { r.LegalPersonBox = &onLine }),
		"the number is a line above": known(func(r *review.Reading) { r.Number.Box = &review.Box{X: 900, Y: 855, W: 300, H: 40} }),
	} {
		if cutter().May(good, facts) {
			t.Errorf("%s: shown", rule)
		}
	}
	for rule, change := range map[string]func(*review.Finding){
		"a name":          func(f *review.Finding) { f.Field = review.FieldName },
		"a number":        func(f *review.Finding) { f.Field = review.FieldNumber },
		"the page":        func(f *review.Finding) { f.Field = review.FieldDocument },
		"no box":          func(f *review.Finding) { f.Evidence.Box = nil },
		"a portrait side": func(f *review.Finding) { f.Evidence.Role = review.PortraitSide },
		"a data page":     func(f *review.Finding) { f.Evidence.Role = review.DataPage },
		"several lines":   func(f *review.Finding) { f.Evidence.Box = &review.Box{X: 900, Y: 900, W: 300, H: 200} },
	} {
		f := good
		change(&f)
		if cutter().May(f, known(nothing)) {
			t.Errorf("%s: shown", rule)
		}
	}
}
