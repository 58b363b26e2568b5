package imaging

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"runtime"
	"testing"

	"realname/internal/review"
)

// The largest picture that is taken must fit into what a review may hold: 150 MB.
func TestTheLargestPictureFitsIntoMemory(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 7000, 7000), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = uint8(i>>4) | 128
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 30}); err != nil {
		t.Fatal(err)
	}
	m = nil
	file := Probe(b.Bytes(), "jpg", DefaultLimits)
	if file.Fault != review.FileFine {
		t.Fatalf("refused: %s", file.Fault)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	img, fault, err := Decode(context.Background(), b.Bytes(), file, NewBudget(1<<30))
	runtime.ReadMemStats(&after)
	if err != nil || fault != review.FileFine {
		t.Fatal(fault, err)
	}
	if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 150 || max(img.Width, img.Height) > maxWork {
		t.Errorf("took %d MB for a picture of %d x %d", got, img.Width, img.Height)
	}
}
