//go:build !amd64

package glyph

const vectors = false

func block32(_ *kernel, _, _, _ *float32) { panic("glyph: no vectors on this processor") }
func block8(_ *kernel, _, _, _ *float32)  { panic("glyph: no vectors on this processor") }
