package reader

import (
	"image"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/text/encoding/simplifiedchinese"

	"realname/internal/credential"
	"realname/internal/reader/layout"
	"realname/internal/review"
)

// qrCode is what a QR code says in the clear.
type qrCode struct {
	numbers []string // valid credit codes in its text
	text    string
	box     *review.Box
}

// findCode decodes the first QR code of a sheet, at several sizes and
// binarisations; most print is too fine or too large for a single one.
func (s *sheet) findCode() (qrCode, bool) {
	if s.code.done {
		s.budget.spend(s.code.cost)
		return s.code.code, s.code.found
	}
	before := s.budget.left
	s.code.code, s.code.found = s.decode()
	s.code.done, s.code.cost = true, before-s.budget.left
	return s.code.code, s.code.found
}

// codeMemo keeps a sheet's QR code and what it cost to find.
type codeMemo struct {
	code        qrCode
	found, done bool
	cost        int
}

func (s *sheet) decode() (qrCode, bool) {
	g, scale := s.work, s.scale
	for range 2 {
		for _, binarise := range []func(gozxing.LuminanceSource) gozxing.Binarizer{gozxing.NewHybridBinarizer, gozxing.NewGlobalHistgramBinarizer} {
			if !s.budget.spend(costCode) {
				return qrCode{}, false
			}
			if text, box, ok := decodeWith(g, binarise); ok {
				c := parseCode(text)
				c.box = scaled(box, scale)
				return c, true
			}
		}
		g, scale = layout.Halve(g), scale*2
	}
	return qrCode{}, false
}

func decodeWith(g *image.Gray, binarise func(gozxing.LuminanceSource) gozxing.Binarizer) (string, layout.Box, bool) {
	bitmap, err := gozxing.NewBinaryBitmap(binarise(gozxing.NewLuminanceSourceFromImage(g)))
	if err != nil {
		return "", layout.Box{}, false
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	got, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return "", layout.Box{}, false
	}
	box := layout.Box{X0: 1 << 30, Y0: 1 << 30}
	for _, p := range got.GetResultPoints() {
		x, y := int(p.GetX()), int(p.GetY())
		box = layout.Box{X0: min(box.X0, x), Y0: min(box.Y0, y), X1: max(box.X1, x), Y1: max(box.Y1, y)}
	}
	return got.GetText(), box, true
}

var codeNumber = regexp.MustCompile(`[0-9A-HJ-NPQRTUWXY]{18,}`)

// parseCode finds credit codes in a QR code's text. Text in GB 2312 arrives as
// Latin letters and is turned back.
func parseCode(text string) qrCode {
	c := qrCode{text: text}
	if chinese, err := simplifiedchinese.GB18030.NewDecoder().String(latin1(text)); err == nil && !strings.ContainsRune(chinese, utf8.RuneError) && latin1(text) != "" {
		c.text = chinese
	}
	for _, n := range codeNumber.FindAllString(c.text, 8) {
		if checked(credential.USCC, n) {
			c.numbers = append(c.numbers, n)
		}
	}
	return c
}

// latin1 gives back the bytes of a text that was decoded as ISO 8859-1, or
// nothing when it holds other characters or only ASCII.
func latin1(text string) string {
	b, high := make([]byte, 0, len(text)), false
	for _, r := range text {
		if r > 0xFF {
			return ""
		}
		high = high || r > 0x7F
		b = append(b, byte(r))
	}
	if !high {
		return ""
	}
	return string(b)
}

// settle judges the declared number by the code, where the print did not
// confirm it. A code contradicts only with a single valid number; the absence
// of the declared one from a link proves nothing.
func (c qrCode) settle(declared string, printed review.FieldReading) review.FieldReading {
	if slices.Contains(c.numbers, declared) {
		return review.FieldReading{Verdict: review.Confirmed, Read: declared, Confidence: 1, Means: "qr", Box: c.box}
	}
	if len(c.numbers) == 1 && printed.Verdict != review.Contradicted {
		return review.FieldReading{Verdict: review.Contradicted, Read: c.numbers[0], Confidence: 1, Means: "qr", Box: c.box}
	}
	return printed
}

// hasName reports whether the code's text holds the name as a whole token.
func (c qrCode) hasName(declared string) bool {
	text, name := squeeze(c.text), squeeze(declared)
	at := strings.Index(text, name)
	if name == "" || at < 0 {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at+len(name):])
	return !inName(before) && !inName(after)
}

// inName reports whether a character next to a name would be part of it.
func inName(r rune) bool {
	return r != utf8.RuneError && (r >= 0x3400 && r < 0xA000 || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '(' || r == ')')
}
