package imaging

import (
	"context"
	"errors"
	"image"
	"image/color"
	"testing"

	"realname/internal/review"
)

func measure(t testing.TB, m image.Image) review.Picture {
	t.Helper()
	data := encode(t, m)
	img, fault, err := Decode(context.Background(), data, Probe(data, "jpg", DefaultLimits), NewBudget(1<<30))
	if err != nil || fault != "" {
		t.Fatal(fault, err)
	}
	return Measure(img)
}

// blur is a box blur of the given reach, twice.
func blur(m *image.RGBA, reach int) *image.RGBA {
	for range 2 {
		for _, step := range []int{4, m.Stride} {
			out := image.NewRGBA(m.Rect)
			for i := range m.Pix {
				sum, n := 0, 0
				for d := -reach; d <= reach; d++ {
					if j := i + d*step; j >= 0 && j < len(m.Pix) {
						sum, n = sum+int(m.Pix[j]), n+1
					}
				}
				out.Pix[i] = uint8(sum / n)
			}
			m = out
		}
	}
	return m
}

func TestSharpnessFollowsBlur(t *testing.T) {
	sharp := measure(t, page(900, 700)).EdgeRatio
	soft := measure(t, blur(page(900, 700), 1)).EdgeRatio
	blurred := measure(t, blur(page(900, 700), 3)).EdgeRatio
	if !(sharp > 0 && sharp < 0.08 && soft > sharp && blurred > soft && blurred > 0.13) {
		t.Errorf("sharp %.3f, soft %.3f, blurred %.3f", sharp, soft, blurred)
	}
}

// smear moves the picture while it is taken: by steps of so many bytes, 4 to the
// side and a stride upwards.
func smear(m *image.RGBA, reach, step int) *image.RGBA {
	out := image.NewRGBA(m.Rect)
	for i := range m.Pix {
		sum, n := 0, 0
		for d := -reach; d <= reach; d++ {
			if at := i + d*step; at >= 0 && at < len(m.Pix) {
				sum, n = sum+int(m.Pix[at]), n+1
			}
		}
		out.Pix[i] = uint8(sum / n)
	}
	return out
}

// The worst blur once left so few edges that nothing was measured, and nothing said.
func TestTheWorstBlurIsMeasured(t *testing.T) {
	for name, m := range map[string]*image.RGBA{"out of focus": blur(page(900, 700), 9), "moved sideways": smear(smear(page(900, 700), 12, 4), 12, 4), "moved upwards": smear(smear(page(900, 700), 12, 3600), 12, 3600)} {
		if r := measure(t, m).EdgeRatio; r < 0.2 { // the limit above which a licence that cannot be read is refused
			t.Errorf("%s: %.3f", name, r)
		}
	}
}

func TestAPictureWithoutPrintIsNeverCalledSharp(t *testing.T) {
	if r := measure(t, image.NewGray(image.Rect(0, 0, 300, 300))).EdgeRatio; r >= 0 {
		t.Errorf("ratio %v", r)
	}
}

func TestLightAndColour(t *testing.T) {
	dim := page(600, 400)
	for i := range dim.Pix {
		dim.Pix[i] /= 4
	}
	if p := measure(t, dim); p.BrightLuma > 80 || p.MeanLuma > 80 {
		t.Errorf("dim: %+v", p)
	}
	side := page(600, 400)
	for i := range side.Pix {
		x := i / 4 % 600
		side.Pix[i] = uint8(int(side.Pix[i]) * (60 + x) / 900)
	}
	if p := measure(t, side); p.LightRatio < 2.5 {
		t.Errorf("lit from one side: ratio %.1f", p.LightRatio)
	}
	if p := measure(t, page(600, 400)); p.LightRatio > 1.3 {
		t.Errorf("even light: ratio %.1f", p.LightRatio)
	}
	grey := image.NewGray(image.Rect(0, 0, 600, 400))
	for i := range grey.Pix {
		grey.Pix[i] = uint8(i * 7)
	}
	warm := page(600, 400)
	for i := 2; i < len(warm.Pix); i += 4 {
		warm.Pix[i] -= 20
	}
	if a, b := measure(t, grey).Colour, measure(t, warm).Colour; a != review.No || b != review.Yes {
		t.Errorf("grey %s, warm paper %s", a, b)
	}
}

func TestGlareIsABlobAndAWhiteBackgroundIsNot(t *testing.T) {
	m := page(800, 600)
	for y := 200; y < 300; y++ {
		for x := 300; x < 460; x++ {
			m.SetRGBA(x, y, color.RGBA{255, 255, 255, 255})
		}
	}
	p := measure(t, m)
	if p.Glare == nil || p.GlareShare < 0.01 || p.Glare.X < 280 || p.Glare.X > 340 {
		t.Errorf("glare %+v share %.3f", p.Glare, p.GlareShare)
	}
	white := image.NewGray(image.Rect(0, 0, 800, 600))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	if p := measure(t, white); p.Glare != nil {
		t.Error("white paper was called glare")
	}
}

func TestASealIsFoundAndItsAbsenceIsUnknown(t *testing.T) {
	m := page(900, 700)
	for y := 420; y < 620; y++ {
		for x := 500; x < 700; x++ {
			if d := (x-600)*(x-600) + (y-520)*(y-520); d < 95*95 && d > 70*70 {
				m.SetRGBA(x, y, color.RGBA{210, 40, 45, 255})
			}
		}
	}
	p := measure(t, m)
	if p.Seal != review.Yes || p.SealBox == nil || p.SealBox.X < 420 || p.SealBox.X > 560 {
		t.Errorf("%s %+v", p.Seal, p.SealBox)
	}
	if got := measure(t, page(900, 700)).Seal; got != review.Unknown {
		t.Errorf("no seal: %s", got)
	}
}

func TestWaitingForMemoryEndsWithItsContext(t *testing.T) {
	data := encode(t, page(100, 100))
	b := NewBudget(1 << 20)
	release, err := b.take(t.Context(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Decode(ctx, data, Probe(data, "jpg", DefaultLimits), b); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkMeasure(b *testing.B) {
	data := encode(b, page(1734, 1200))
	img, _, err := Decode(context.Background(), data, Probe(data, "jpg", DefaultLimits), NewBudget(1<<30))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Measure(img)
	}
}
