package text

import "unicode"

// Unseen reports whether a character is not seen and changes how others are: line
// breaks and other controls, and the formats that turn the direction of writing.
func Unseen(r rune) bool { return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) }
