package reader

import (
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/text/encoding/simplifiedchinese"

	"realname/internal/credential"
	"realname/internal/imaging"
	"realname/internal/review"
)

// withCode puts a QR code on a drawn page.
func withCode(t *testing.T, p *imaging.Image, text string) *imaging.Image {
	t.Helper()
	m, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 300, 300, nil)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 300 {
		for x := range 300 {
			if m.Get(x, y) {
				p.R.Pix[(y+700)*p.R.Stride+x+100] = 0
			}
		}
	}
	return p
}

func TestCodeSettlesWhatPrintDoesNotShow(t *testing.T) {
	r := newReader(t)
	number, other := code(t, "91350000MA0TPEC12"), code(t, "91350000MA0TPEC13")
	page := withCode(t, drawn(t, 30, "SPECIMEN"), "http://example.com/index.html?uniscid="+number)
	got := read(t, r, page, review.Declared{Number: number, CredentialType: "YYZZ"}).Number
	if got.Verdict != review.Confirmed || got.Means != "qr" || got.Box == nil || got.Box.Y < 650 {
		t.Errorf("the number in the code: %+v", got)
	}
	got = read(t, r, page, review.Declared{Number: other, CredentialType: "YYZZ"}).Number
	if got.Verdict != review.Contradicted || got.Read != number {
		t.Errorf("another number: %+v", got)
	}
}

func TestCodeHasName(t *testing.T) {
	c := parseCode("统一社会信用代码:x;企业名称:样本科技有限公司;")
	for name, want := range map[string]bool{
		"样本科技有限公司": true, "样本科技": false, "科技有限公司": false, "样木科技有限公司": false, "": false,
	} {
		if c.hasName(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestParseCodeTurnsBackGB2312(t *testing.T) {
	raw, err := simplifiedchinese.GB18030.NewEncoder().String("样本科技有限公司")
	if err != nil {
		t.Fatal(err)
	}
	var latin strings.Builder
	for i := range len(raw) {
		latin.WriteRune(rune(raw[i]))
	}
	if got := parseCode(latin.String()); !got.hasName("样本科技有限公司") {
		t.Errorf("read %q", got.text)
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"http://example.com/?uniscid=91350000MA0TPEC12X", "\u00c1\u00d9", "统一社会信用代码：", strings.Repeat("9", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := parseCode(s)
		for _, n := range c.numbers {
			if !checked(credential.USCC, n) {
				t.Fatalf("%q gave the invalid number %q", s, n)
			}
		}
		c.hasName("样本")
		c.settle("x", review.FieldReading{})
	})
}
