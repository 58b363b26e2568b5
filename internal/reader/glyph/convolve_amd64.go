package glyph

import "golang.org/x/sys/cpu"

// vectors reports whether the processor can sum up eight columns at once.
var vectors = cpu.X86.HasAVX

// block32 and block8 sum up so many columns of a row, as kernel.plain does.
//
//go:noescape
func block32(k *kernel, dst, src, w *float32)

//go:noescape
func block8(k *kernel, dst, src, w *float32)
