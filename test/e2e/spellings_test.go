package e2e

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// spelled are the ways in which canaries can be written down.
type spelled struct {
	forms   map[string]string // what it is, by how it is spelled
	numbers []string
}

const (
	nameRun   = 2  // so many characters of a name in a row tell it
	numberRun = 10 // so many of a number; fewer turn up in instants and ids by chance
	shownMost = 6  // of a masked number
)

// spellings of names, of which the words that all specimens share are no canary, and
// of numbers.
func spellings(names, numbers []string) spelled {
	s := spelled{map[string]string{}, numbers}
	for i, name := range names {
		own := name
		for _, common := range []string{"样本市", "样本（市）", "样本(市)", "示例科技有限公司", "样"} {
			own = strings.ReplaceAll(own, common, "")
		}
		for _, part := range runs([]rune(own), nameRun) {
			s.spell(fmt.Sprintf("name %d", i), part)
		}
		s.hashes(fmt.Sprintf("name %d", i), name)
		gb, _ := simplifiedchinese.GB18030.NewEncoder().String(name) // it has every character
		s.forms["exact:"+gb] = fmt.Sprintf("name %d in GB18030", i)
	}
	for i, number := range numbers {
		for _, part := range runs([]rune(number), numberRun) {
			s.spell(fmt.Sprintf("number %d", i), part)
		}
		s.hashes(fmt.Sprintf("number %d", i), number)
		s.spell(fmt.Sprintf("number %d", i), number[:6]+" "+number[6:14]+" "+number[14:])
	}
	return s
}

func runs(r []rune, n int) (list []string) {
	for i := 0; i+n <= len(r); i++ {
		list = append(list, string(r[i:i+n]))
	}
	return list
}

func (s spelled) spell(what, word string) {
	raw := []byte(word)
	escaped, entities, hexEntities := "", "", ""
	for _, u := range utf16.Encode([]rune(word)) {
		escaped += fmt.Sprintf(`\u%04x`, u)
		entities += fmt.Sprintf("&#%d;", u)
		hexEntities += fmt.Sprintf("&#x%x;", u)
	}
	for how, form := range map[string]string{
		"": word, "in a URL": url.QueryEscape(word), "as JSON": escaped, "as entities": entities, "as hexadecimal entities": hexEntities,
		"in hexadecimal": hex.EncodeToString(raw), "quoted": strings.Trim(fmt.Sprintf("%+q", word), `"`),
	} {
		s.forms[strings.ToLower(form)] = strings.TrimSpace(what + " " + how)
	}
	for offset := range 3 { // base64 says a word in three ways, by where it begins
		padded := append(bytes.Repeat([]byte{0}, offset), raw...)
		for how, coding := range map[string]*base64.Encoding{"in base64": base64.RawStdEncoding, "in base64 of URLs": base64.RawURLEncoding} {
			first, last := (offset*8+5)/6, len(padded)*8/6
			s.forms["exact:"+coding.EncodeToString(padded)[first:last]] = what + " " + how
		}
	}
}

// hashes of names and numbers without a key are no secret: there are few enough to try.
func (s spelled) hashes(what, word string) {
	a, b, c := sha256.Sum256([]byte(word)), sha1.Sum([]byte(word)), md5.Sum([]byte(word))
	for how, sum := range map[string][]byte{"hashed by SHA-256": a[:], "hashed by SHA-1": b[:], "hashed by MD5": c[:]} {
		s.forms[hex.EncodeToString(sum)] = what + " " + how
		s.forms["exact:"+base64.RawStdEncoding.EncodeToString(sum)] = what + " " + how
		s.forms["exact:"+base64.RawURLEncoding.EncodeToString(sum)] = what + " " + how
	}
}

// masked is a number with parts of it hidden.
var (
	masked = regexp.MustCompile(`[0-9A-Za-z]*(?:[*•＊●█]+[0-9A-Za-z]*)+`)
	hidden = regexp.MustCompile(`[*•＊●█]+`)
)

// in lists what of them is in some bytes; letters of either case are the same where
// the form does not say that it is exact.
func (s spelled) in(data []byte) (found []string) {
	lower := bytes.ToLower(data)
	for form, what := range s.forms {
		where := lower
		if rest, ok := strings.CutPrefix(form, "exact:"); ok {
			form, where = rest, data
		}
		if bytes.Contains(where, []byte(form)) {
			found = append(found, what)
		}
	}
	for _, m := range masked.FindAllString(string(data), -1) {
		for i, n := range s.numbers {
			if shown := shown(m, n); shown > shownMost {
				found = append(found, fmt.Sprintf("number %d with %d characters shown", i, shown))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// shown is how many characters of a number a masked text shows; none when it is of
// another number.
func shown(text, number string) (n int) {
	parts := hidden.Split(text, -1)
	if !strings.HasPrefix(number, parts[0]) || !strings.HasSuffix(number, parts[len(parts)-1]) {
		return 0
	}
	for _, part := range parts {
		at := strings.Index(number, part)
		if at < 0 {
			return 0
		}
		number, n = number[at+len(part):], n+len(part)
	}
	return n
}

// readable is a mail with its headers and parts decoded.
func readable(t *testing.T, raw []byte) []byte {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	out := new(bytes.Buffer)
	for key, values := range m.Header {
		for _, v := range values {
			text, err := new(mime.WordDecoder).DecodeHeader(v)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(out, "%s: %s\n", key, text)
		}
	}
	decode(t, out, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
	return out.Bytes()
}

func decode(t *testing.T, out *bytes.Buffer, kind, coding string, body io.Reader) {
	t.Helper()
	switch strings.ToLower(coding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(media, "multipart/") {
		if _, err := out.ReadFrom(body); err != nil {
			t.Fatal(err)
		}
		return
	}
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		decode(t, out, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
	}
}

// The search sees a canary in every form that it knows, and only a canary.
func TestTheSearchSeesEverySpelling(t *testing.T) {
	name, number := "样本市鸿鹄麒麟示例科技有限公司", "91440300MA5EXAMP0C"
	s := spellings([]string{name}, []string{number})
	sum := sha256.Sum256([]byte(number))
	for _, text := range []string{
		name, number, strings.ToLower(number), url.QueryEscape(name), strings.ToLower(url.PathEscape(name)), fmt.Sprintf("%+q", name), hex.EncodeToString([]byte(name)),
		base64.StdEncoding.EncodeToString([]byte(name)), base64.URLEncoding.EncodeToString([]byte("x" + name)), base64.StdEncoding.EncodeToString([]byte("xy" + number)),
		hex.EncodeToString(sum[:]), "914403 00MA5EXA MP0C", "part 0300MA5EXAMP", "麒麟", "9144030*******AMP0C", "91440300**********", "91440300••••••••0C",
	} {
		if len(s.in([]byte("before "+text+" after"))) == 0 {
			t.Errorf("%q is not seen", text)
		}
	}
	for _, text := range []string{"914*************0C", "样本**********公司", "样本市示例科技有限公司", "2026-11-24T14:00:00.914403001Z", "xxxxxxxxxxxxxxxx"} {
		if found := s.in([]byte("before " + text + " after")); len(found) > 0 {
			t.Errorf("%q is taken for %v", text, found)
		}
	}
}
