// Package ocr reads lines of print with the native OCR library in a child
// process, so that whatever an upload makes that library do happens to the child
// alone. The child is this very program, started again; it gets raw grey pixels
// on its standard input, answers with a text, and before the first pixel it has
// given up what it could do harm with: see lockDown. A child that crashes, hangs
// or grows is ended, the line that it was reading is an error of ours, and the
// next line gets a new child.
//
// It knows no documents and judges no texts.
package ocr
