package reader

import "realname/internal/reader/ocr"

// RunChild reads lines of print and exits when this process was started to do
// that for another; in any other it returns at once. Mains call it first thing,
// since a reader starts its own program again: see package ocr.
func RunChild() { ocr.RunChild() }

// Isolation says what keeps the OCR library from doing harm here.
func (r *Reader) Isolation() string { return r.han.Isolation() }
