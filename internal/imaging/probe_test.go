package imaging

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
	"time"

	"realname/internal/review"
)

// page draws print-like bars on paper.
func page(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(225 + rng.IntN(10))
	}
	for y := 40; y+24 < h; y += 48 {
		for x := 30; x+16 < w; x += 22 {
			for dy := range 20 {
				for dx := range 4 + rng.IntN(10) {
					m.SetRGBA(x+dx, y+dy, color.RGBA{40, 30, 35, 255})
				}
			}
		}
	}
	return m
}

func encode(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claim rewrites the frame header's size.
func claim(data []byte, w, h int) []byte {
	out := bytes.Clone(data)
	at := bytes.Index(out, []byte{0xff, markerSOF0})
	binary.BigEndian.PutUint16(out[at+5:], uint16(h))
	binary.BigEndian.PutUint16(out[at+7:], uint16(w))
	return out
}

// oriented adds an Exif segment with the orientation.
func oriented(data []byte, orientation uint16) []byte {
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	binary.BigEndian.PutUint16(tiff[18:], orientation)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	head := []byte{0xff, markerSOI, 0xff, markerAPP1, 0, 0}
	binary.BigEndian.PutUint16(head[4:], uint16(len(segment)+2))
	return append(append(head, segment...), data[2:]...)
}

func TestProbeNamesWhatIsWrongWithAFile(t *testing.T) {
	good := encode(t, page(800, 600))
	var p bytes.Buffer
	if err := png.Encode(&p, page(100, 100)); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		rule  string
		data  []byte
		magic string
		fault review.FileFault
	}{
		{"a photo", good, "jpeg", review.FileFine},
		{"a photo with a phone's second picture behind it", append(bytes.Clone(good), good...), "jpeg", review.FileFine},
		{"a photo with padding", append(bytes.Clone(good), 0, 0, 0), "jpeg", review.FileFine},
		{"FMT-01 empty", nil, "", review.FileEmpty},
		{"FMT-01 no image", []byte("hello"), "", review.FileNotImage},
		{"FMT-02 PNG renamed", p.Bytes(), "png", review.FileOtherType},
		{"FMT-02 PDF renamed", []byte("%PDF-1.7 ..."), "pdf", review.FileOtherType},
		{"FMT-02 HEIC renamed", []byte("\x00\x00\x00\x18ftypheic...."), "heic", review.FileOtherType},
		{"FMT-02 WebP renamed", []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "webp", review.FileOtherType},
		{"FMT-06 cut off", good[:len(good)*7/10], "jpeg", review.FileTruncated},
		{"FMT-06 header cut off", good[:30], "jpeg", review.FileTruncated},
		{"FMT-07 65500 x 65500", claim(good, 65500, 65500), "jpeg", review.FileBomb},
		{"FMT-07 one pixel high, 65535 wide", claim(good, 65535, 1), "jpeg", review.FileBomb},
		{"FMT-07 under the cap, but a few bytes claim it", claim(encode(t, page(8, 8)), 6000, 6000), "jpeg", review.FileBomb},
		{"FMT-01 no size", claim(good, 0, 0), "jpeg", review.FileBroken},
	}
	for _, c := range cases {
		got := Probe(c.data, "jpg", DefaultLimits)
		if got.Magic != c.magic || got.Fault != c.fault || got.Size != int64(len(c.data)) || len(got.SHA256) != 64 {
			t.Errorf("%s: %+v, want %s %q", c.rule, got, c.magic, c.fault)
		}
	}
}

// Bombs of every shape are refused from the header alone.
func TestBombsAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	small := encode(t, page(16, 16))
	grey := encode(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	tried := 0
	for _, data := range [][]byte{small, grey} {
		for _, side := range []int{7072, 8000, 10000, 12000, 16384, 20000, 30000, 40000, 50000, 65535} {
			for _, other := range []int{side, 65535 - side/2, 9000} {
				tried++
				start := time.Now()
				f := Probe(claim(data, side, other), "jpg", DefaultLimits)
				if f.Fault != review.FileBomb {
					t.Errorf("%d x %d: %q", side, other, f.Fault)
				}
				if img, _, _ := Decode(t.Context(), data, f, NewBudget(1<<20)); img != nil {
					t.Errorf("%d x %d was decoded", side, other)
				}
				if took := time.Since(start); took > time.Second {
					t.Errorf("%d x %d took %v", side, other, took)
				}
			}
		}
	}
	scans := bytes.Clone(small[:len(small)-2])
	for range 10_000 {
		scans = append(scans, 0xff, markerSOS, 0, 2)
	}
	if f := Probe(append(scans, 0xff, markerEOI), "jpg", DefaultLimits); f.Fault != review.FileBomb {
		t.Errorf("10,000 scans: %q", f.Fault)
	}
	if tried < 40 {
		t.Errorf("only %d bombs", tried)
	}
}

// Every length and every flipped bit gives an answer, never a crash.
func TestTornAndFlippedFilesAreAnswered(t *testing.T) {
	data := encode(t, page(200, 150))
	budget := NewBudget(64 << 20)
	look := func(what string, d []byte) {
		f := Probe(d, "jpg", DefaultLimits)
		img, fault, err := Decode(t.Context(), d, f, budget)
		if err != nil || (img == nil) == (fault == review.FileFine) {
			t.Errorf("%s: %v %q %v", what, img != nil, fault, err)
		}
	}
	for i := range 500 {
		look(fmt.Sprintf("cut at %d", i), data[:i*len(data)/500])
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		d := bytes.Clone(data)
		bit := rng.IntN(len(d) * 8)
		d[bit/8] ^= 1 << (bit % 8)
		look(fmt.Sprintf("bit %d", bit), d)
	}
}

func TestEveryOrientationComesOutUpright(t *testing.T) {
	// The stored picture is dark in the corner that each orientation calls the
	// top left of the upright one.
	for orientation := uint16(1); orientation <= 8; orientation++ {
		stored := image.NewGray(image.Rect(0, 0, 64, 32))
		for i := range stored.Pix {
			stored.Pix[i] = 255
		}
		right := orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8
		low := orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7
		for y := range 8 {
			for x := range 8 {
				sx, sy := x, y
				if right {
					sx = 63 - x
				}
				if low {
					sy = 31 - y
				}
				stored.SetGray(sx, sy, color.Gray{})
			}
		}
		data := oriented(encode(t, stored), orientation)
		img, fault, err := Decode(t.Context(), data, Probe(data, "jpg", DefaultLimits), NewBudget(1<<20))
		if err != nil || fault != "" {
			t.Fatal(fault, err)
		}
		if turned := img.Width < img.Height; turned != (orientation >= 5) {
			t.Errorf("orientation %d: %d x %d", orientation, img.Width, img.Height)
		}
		if img.G.GrayAt(3, 3).Y > 60 || img.G.GrayAt(img.Width-4, img.Height-4).Y < 200 {
			t.Errorf("orientation %d: the corner is elsewhere", orientation)
		}
	}
}

func TestALargePhotoIsHalved(t *testing.T) {
	data := encode(t, page(4000, 3000))
	img, _, err := Decode(t.Context(), data, Probe(data, "jpg", DefaultLimits), NewBudget(1<<30))
	if err != nil || img.Width != 2000 || img.Height != 1500 {
		t.Errorf("%v %v", img, err)
	}
}

func FuzzProbeAndDecode(f *testing.F) {
	good := encode(f, page(64, 48))
	f.Add(good)
	f.Add(oriented(good, 6))
	f.Add(claim(good, 65500, 65500))
	f.Add(good[:50])
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\xff"))
	budget := NewBudget(256 << 20)
	lim := Limits{MaxPixels: 1 << 20, MaxSide: 4096, MaxScans: 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := Probe(data, "jpg", lim)
		if img, fault, err := Decode(t.Context(), data, file, budget); err != nil || (img == nil) == (fault == "") {
			t.Errorf("%v %q %v", img != nil, fault, err)
		}
	})
}
