package corpus

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"math/rand/v2"
	"testing"

	"realname/internal/review"
	"realname/internal/specimen"
)

// hostile are files that were made to bring a decoder down, from a page that is drawn
// well. Those that are JPEGs all the same are worth what they show.
func hostile(t *testing.T, page []byte) map[string][]byte {
	t.Helper()
	list := map[string][]byte{}
	for _, s := range [][2]int{{65535, 65535}, {65535, 1}, {1, 65535}, {40000, 40000}, {20001, 100}, {100, 20001}, {7072, 7072}, {12000, 9000}, {50000, 1001}, {0, 0}, {0, 800}, {800, 0}} {
		list[fmt.Sprintf("claims %d x %d", s[0], s[1])] = frame(page, 0xc0, s[0], s[1])
		list[fmt.Sprintf("progressive, claims %d x %d", s[0], s[1])] = frame(page, 0xc2, s[0], s[1])
	}
	w, h := sizeOf(page)
	for marker := byte(0xc1); marker <= 0xcf; marker++ {
		if marker != 0xc4 && marker != 0xc8 && marker != 0xcc { // those are no frames
			list[fmt.Sprintf("a frame of kind %02x", marker)] = frame(page, marker, w, h)
		}
	}
	for _, sampling := range []byte{0x00, 0x14, 0x41, 0x44, 0xff} {
		list[fmt.Sprintf("sampled %02x", sampling)] = patch(page, 0xc0, 11, sampling)
	}
	for _, components := range []byte{0, 2, 4, 255} {
		list[fmt.Sprintf("%d components", components)] = patch(page, 0xc0, 9, components)
	}
	tail := page[2:]
	list["10,000 scans"] = join(page[:len(page)-2], bytes.Repeat([]byte{0xff, 0xda, 0, 2}, 10_000), []byte{0xff, 0xd9})
	list["5 MB of fill bytes"] = join([]byte{0xff, 0xd8}, bytes.Repeat([]byte{0xff}, 5<<20), tail)
	list["5 MB of restarts"] = join(page[:len(page)-2], bytes.Repeat([]byte{0xff, 0xd0}, 5<<19), []byte{0xff, 0xd9})
	list["5 MB of comments"] = join([]byte{0xff, 0xd8}, bytes.Repeat(join([]byte{0xff, 0xfe, 0xff, 0xff}, make([]byte, 65533)), 80), tail)
	list["5 MB of beginnings"] = bytes.Repeat([]byte{0xff, 0xd8, 0xff}, 5<<20/3)
	list["two frames, the second huge"] = join(page[:at(page, 0xc0)], segment(page, 0xc0), frame(segment(page, 0xc0), 0xc0, 65535, 65535), page[at(page, 0xc0)+len(segment(page, 0xc0)):])
	list["a segment of length 0"] = join([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 0}, tail)
	list["a segment past the end"] = join([]byte{0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff}, tail[:100])
	list["Exif that points at itself"] = join([]byte{0xff, 0xd8}, exif(8, 0xffff), tail)
	list["Exif far away"] = join([]byte{0xff, 0xd8}, exif(0xffffffff, 1), tail)
	list["a colour profile of 255 parts"] = join([]byte{0xff, 0xd8, 0xff, 0xe2, 0, 16}, []byte("ICC_PROFILE\x00\x01\xff"), tail)
	list["a Huffman table of 65,535 codes"] = join([]byte{0xff, 0xd8, 0xff, 0xc4, 0, 19, 0}, bytes.Repeat([]byte{0xff}, 16), tail)
	list["no frame"] = join(page[:at(page, 0xc0)], page[at(page, 0xc0)+len(segment(page, 0xc0)):])
	list["noise after the scan begins"] = join(page[:at(page, 0xda)+14], noisy(4<<20), []byte{0xff, 0xd9})
	list["only a beginning"], list["only an end"] = []byte{0xff, 0xd8, 0xff}, []byte{0xff, 0xd8, 0xff, 0xd9}
	list["8 x 8 that claims 6,000 x 6,000"] = frame(encoded(image.NewGray(image.Rect(0, 0, 8, 8))), 0xc0, 6000, 6000)
	list["empty"], list["one byte"], list["5 MB of nothing"], list["5 MB of FF"] = nil, []byte{0xff}, make([]byte, 5<<20), bytes.Repeat([]byte{0xff}, 5<<20)
	others(t, list)
	list["a ZIP behind it"] = join(page, []byte("PK\x03\x04"), make([]byte, 1000))
	list["a script behind it"] = join(page, []byte("<script>alert(1)</script>"))
	list["HTML in a comment"] = join([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 27}, []byte("<html><body onload=x()>  \n"), tail)
	list["a PDF before it"] = join([]byte("%PDF-1.7\n"), page)
	return list
}

// others are files of other kinds under the name of a JPEG.
func others(t *testing.T, list map[string][]byte) {
	t.Helper()
	var small, moving, packed bytes.Buffer
	if err := png.Encode(&small, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	if err := gif.Encode(&moving, image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.Black, color.White}), nil); err != nil {
		t.Fatal(err)
	}
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(make([]byte, 100<<20)) // to memory
	_ = z.Close()
	wide := bytes.Clone(small.Bytes())
	binary.BigEndian.PutUint32(wide[16:], 60000)
	binary.BigEndian.PutUint32(wide[20:], 60000)
	list["PNG of 60,000 x 60,000"] = wide
	list["PNG with 100 MB packed in a text"] = join(small.Bytes()[:33], chunk("zTXt", join([]byte("k\x00\x00"), packed.Bytes())), small.Bytes()[33:])
	list["PNG that says it moves"] = join(small.Bytes()[:33], chunk("acTL", []byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}), small.Bytes()[33:])
	big := bytes.Clone(moving.Bytes())
	binary.LittleEndian.PutUint16(big[6:], 65535)
	binary.LittleEndian.PutUint16(big[8:], 65535)
	list["GIF of 65,535 x 65,535"] = big
	list["BMP of 2 GB"] = join([]byte("BM"), bytes.Repeat([]byte{0xff, 0xff, 0xff, 0x7f}, 13))
	for name, head := range map[string]string{"TIFF": "II*\x00\xff\xff\xff\xff", "WebP": "RIFF\xff\xff\xff\xffWEBPVP8X", "HEIC": "\x00\x00\x00\x18ftypheic", "PDF": "%PDF-1.7", "ZIP": "PK\x03\x04",
		"RAR": "Rar!\x1a\x07", "PSD": "8BPS\x00\x01", "SVG": "<svg xmlns='x'>", "HTML": "<!DOCTYPE html>", "ELF": "\x7fELF"} {
		list[name] = join([]byte(head), noisy(60_000))
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// at is where a marker of a JPEG stands; the pages here have no look-alike before it.
func at(data []byte, marker byte) int { return bytes.Index(data, []byte{0xff, marker}) }

// segment is a marker with what belongs to it.
func segment(data []byte, marker byte) []byte {
	i := at(data, marker)
	return bytes.Clone(data[i : i+2+int(binary.BigEndian.Uint16(data[i+2:]))])
}

// frame makes the frame header say another kind and size.
func frame(data []byte, kind byte, w, h int) []byte {
	out := bytes.Clone(data)
	i := at(out, 0xc0)
	out[i+1] = kind
	binary.BigEndian.PutUint16(out[i+5:], uint16(h))
	binary.BigEndian.PutUint16(out[i+7:], uint16(w))
	return out
}

func sizeOf(data []byte) (w, h int) {
	i := at(data, 0xc0)
	return int(binary.BigEndian.Uint16(data[i+7:])), int(binary.BigEndian.Uint16(data[i+5:]))
}

func patch(data []byte, marker byte, offset int, value byte) []byte {
	out := bytes.Clone(data)
	out[at(out, marker)+offset] = value
	return out
}

// exif is a segment whose directory stands at an offset and claims so many entries.
func exif(offset uint32, entries uint16) []byte {
	body := join([]byte("Exif\x00\x00MM\x00*"), binary.BigEndian.AppendUint32(nil, offset), binary.BigEndian.AppendUint16(nil, entries), make([]byte, 24))
	return join([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2)), body)
}

func chunk(kind string, body []byte) []byte {
	return join(binary.BigEndian.AppendUint32(nil, uint32(len(body))), []byte(kind), body, make([]byte, 4))
}

func noisy(n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(rng.IntN(255)) // never FF, which would be a marker
	}
	return data
}

// Rule: whatever a file was made for, its review ends with an outcome: no error, no
// crash, less than 256 MiB; what cannot be a picture is refused with a reason that
// says what was found and, where it is one, the limit. -figures prints what each took.
func TestHostileFilesAreRefusedWithAReason(t *testing.T) {
	d := review.Declared{HolderType: review.Organisation, CredentialType: "YYZZ", Name: "样本市示例科技有限公司", Number: "91440300MA5EXAMP0C", IssueDate: review.Date{Year: 2021, Month: 3, Day: 14}}
	page, err := specimen.Draw(specimen.Spec{Type: "YYZZ", Role: review.Licence, Printed: d, LegalPerson: "样本丁"})
	if err != nil {
		t.Fatal(err)
	}
	list := hostile(t, page)
	if len(list) < 40 {
		t.Errorf("only %d files", len(list))
	}
	for name, data := range foreign(t) {
		list[name] = data
	}
	c := newCourt(t)
	defer c.report(t)
	for name, data := range list {
		o, file := c.review(t, name, d, review.Licence, data)
		if file.Fault == review.FileFine {
			continue
		}
		if o.Kind != review.Rejected {
			t.Errorf("%s (%s): %s", name, file.Fault, o.Kind)
		}
		c.explained(t, name, o, file.Fault)
	}
}
