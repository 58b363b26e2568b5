package text

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Decoded converts a text file to UTF-8 by its byte order mark, else by what its
// beginning can be: UTF-8 or GB18030. What is neither becomes U+FFFD, or stays bytes
// that are no UTF-8: callers look for both.
func Decoded(r io.Reader, head []byte) io.Reader {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return transform.NewReader(r, xunicode.UTF16(xunicode.LittleEndian, xunicode.ExpectBOM).NewDecoder())
	case validUTF8(head):
		return transform.NewReader(r, xunicode.BOMOverride(transform.Nop))
	}
	return transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder())
}

// validUTF8 forgives a character cut by the end of the sample.
func validUTF8(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut < len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return len(head) == 0
}

// Whole reports whether nothing of a text was lost when it was decoded.
func Whole(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsRune(s, utf8.RuneError) && !strings.ContainsRune(s, 0)
}
