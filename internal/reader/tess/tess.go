// Package tess is a thin binding to the parts of tesseract's C interface that
// the reader needs: one line of grey pixels in, its text and confidence out.
// Pixels are handed over raw, so leptonica's decoders never see an upload.
//
// It does not find lines, clean pictures or judge texts.
package tess

/*
#cgo pkg-config: tesseract
#include <stdlib.h>
#include <tesseract/capi.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"image"
	"os"
	"strings"
	"unsafe"
)

// ErrThreads means that the process was started without OMP_THREAD_LIMIT=1.
// OpenMP reads it once, before main; without it each line costs four times the
// processor time.
var ErrThreads = errors.New("OMP_THREAD_LIMIT must be 1 before the process starts")

// Modes of page segmentation, as tesseract numbers them.
const (
	Block = 6 // one uniform block of text
	Line  = 7 // one text line
)

// Handle is one loaded model. It must not be used by two goroutines at once.
type Handle struct {
	api *C.TessBaseAPI
}

// Open loads the model of a language, chi_sim or eng. Close must be called.
func Open(language string) (*Handle, error) {
	if os.Getenv("OMP_THREAD_LIMIT") != "1" {
		return nil, ErrThreads
	}
	h := &Handle{api: C.TessBaseAPICreate()}
	lang := C.CString(language)
	defer C.free(unsafe.Pointer(lang))
	if C.TessBaseAPIInit3(h.api, nil, lang) != 0 {
		C.TessBaseAPIDelete(h.api)
		return nil, fmt.Errorf("load tesseract model %s: install tesseract-ocr with its language data", language)
	}
	for name, value := range map[string]string{
		"tessedit_do_invert":    "0", // lines are always dark on light here
		"user_defined_dpi":      "300",
		"tessedit_pageseg_mode": "7",
	} {
		h.set(name, value)
	}
	return h, nil
}

func (h *Handle) set(name, value string) {
	n, v := C.CString(name), C.CString(value)
	defer C.free(unsafe.Pointer(n))
	defer C.free(unsafe.Pointer(v))
	C.TessBaseAPISetVariable(h.api, n, v)
}

// Allow restricts the characters that are read; an empty string allows all.
func (h *Handle) Allow(characters string) { h.set("tessedit_char_whitelist", characters) }

// Read recognises one picture in the given mode. The confidence is tesseract's
// mean, 0 to 1. An empty picture gives an empty text.
func (h *Handle) Read(g *image.Gray, mode int) (string, float64, error) {
	w, ht := g.Rect.Dx(), g.Rect.Dy()
	if w < 4 || ht < 4 {
		return "", 0, nil
	}
	C.TessBaseAPISetPageSegMode(h.api, C.TessPageSegMode(mode))
	first := g.PixOffset(g.Rect.Min.X, g.Rect.Min.Y)
	C.TessBaseAPISetImage(h.api, (*C.uchar)(unsafe.Pointer(&g.Pix[first])), C.int(w), C.int(ht), 1, C.int(g.Stride))
	C.TessBaseAPISetSourceResolution(h.api, 300)
	text := C.TessBaseAPIGetUTF8Text(h.api)
	if text == nil {
		return "", 0, errors.New("tesseract gave no answer for a line")
	}
	defer C.TessDeleteText(text)
	conf := float64(C.TessBaseAPIMeanTextConf(h.api)) / 100
	return strings.TrimSpace(C.GoString(text)), conf, nil
}

// Close frees the model.
func (h *Handle) Close() {
	if h.api != nil {
		C.TessBaseAPIEnd(h.api)
		C.TessBaseAPIDelete(h.api)
		h.api = nil
	}
}
