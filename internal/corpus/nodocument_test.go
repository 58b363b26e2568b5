package corpus

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/fogleman/gg"
	"github.com/golang/freetype/truetype"

	"realname/internal/check"
	"realname/internal/examine"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/specimen"
)

// What is no document at all is reviewed like any upload: it ends, crashes nothing and
// is never approved, not even a page of prose that names holder and number.
func TestWhatIsNoDocumentIsNeverApproved(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	company := review.Declared{HolderType: review.Organisation, CredentialType: "YYZZ", Name: specimen.Company(rng), Number: specimen.CreditCode(rng),
		IssueDate: review.Date{Year: 2021, Month: 3, Day: 14}, LongTerm: true}
	person := company
	person.HolderType, person.CredentialType, person.Name, person.Number = review.Individual, "SFZ", specimen.Person(rng), specimen.ResidentID(rng)
	r := check.Rules{Set: rules.Default()}
	e, err := examine.New(r.Set, 1, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for name, data := range map[string][]byte{
		"noise": noise(1400, 1000, rng), "one pixel": noise(1, 1, rng),
		"a stripe": noise(3000, 3, rng), "a small square": noise(20, 20, rng), "prose": prose(t, company, rng),
	} {
		for _, d := range []review.Declared{company, person} {
			role := review.Licence
			if d.CredentialType == "SFZ" {
				role = review.PortraitSide
			}
			doc, err := e.Examine(t.Context(), d, review.Document{Role: role, Extension: "jpg"}, data)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			o := r.Review("default", review.Facts{Now: time.Now(), Declared: d, Images: true, Documents: []review.DocumentFacts{doc}, History: review.History{Attempt: 1}})
			if o.Kind == review.Approved || o.Primary == "" {
				t.Errorf("%s as %s: %s, reason %q", name, d.CredentialType, o.Kind, o.Primary)
			}
		}
	}
}

// noise is a picture whose every pixel is random.
func noise(w, h int, rng *rand.Rand) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(rng.IntN(256))
	}
	return encoded(m)
}

// prose is a page full of sentences that name the holder and the number.
func prose(t *testing.T, d review.Declared, rng *rand.Rand) []byte {
	t.Helper()
	var font *truetype.Font
	for _, path := range []string{"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc"} {
		if data, err := os.ReadFile(path); err == nil {
			if font, err = truetype.Parse(data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if font == nil {
		t.Fatal("no Chinese font: run scripts/bootstrap test")
	}
	page := gg.NewContext(1240, 1754)
	page.SetColor(color.RGBA{252, 251, 248, 255})
	page.Clear()
	page.SetColor(color.Black)
	page.SetFontFace(truetype.NewFace(font, &truetype.Options{Size: 30, DPI: 72}))
	words := []rune("本页只是一段普通文字并非任何证件用来确认系统不会把它当作证件通过天气晴朗适合出门散步记得带上水和书")
	for y := 90; y < 1700; y += 46 {
		line := make([]rune, 34)
		for i := range line {
			line[i] = words[rng.IntN(len(words))]
		}
		page.DrawString(string(line), 100, float64(y))
		if y%460 == 90 {
			y += 46
			page.DrawString("名称："+d.Name+"，号码 "+d.Number, 100, float64(y))
		}
	}
	return encoded(page.Image())
}

func encoded(m image.Image) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, nil) // to memory
	return b.Bytes()
}
