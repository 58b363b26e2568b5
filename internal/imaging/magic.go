package imaging

import "bytes"

// signature is how a kind of file begins.
type signature struct {
	kind   string
	offset int
	bytes  string
}

// The kinds that people rename to .jpg, by their first bytes.
var signatures = []signature{
	{"jpeg", 0, "\xff\xd8\xff"},
	{"png", 0, "\x89PNG\r\n\x1a\n"},
	{"gif", 0, "GIF8"},
	{"bmp", 0, "BM"},
	{"tiff", 0, "II*\x00"},
	{"tiff", 0, "MM\x00*"},
	{"pdf", 0, "%PDF-"},
	{"webp", 8, "WEBP"},
	{"avif", 4, "ftypavif"},
	{"heic", 4, "ftyphei"},
	{"heic", 4, "ftyphev"},
	{"heic", 4, "ftypmif1"},
	{"heic", 4, "ftypmsf1"},
	{"jp2", 4, "jP  \r\n\x87\n"},
	{"zip", 0, "PK\x03\x04"},
	{"rar", 0, "Rar!"},
	{"7z", 0, "7z\xbc\xaf\x27\x1c"},
	{"doc", 0, "\xd0\xcf\x11\xe0"},
	{"psd", 0, "8BPS"},
	{"svg", 0, "<svg"},
	{"html", 0, "<!DOCTYPE html"},
}

// magic names the kind of a file by its first bytes, or is empty.
func magic(data []byte) string {
	for _, s := range signatures {
		if len(data) >= s.offset && bytes.HasPrefix(data[s.offset:], []byte(s.bytes)) {
			return s.kind
		}
	}
	return ""
}
