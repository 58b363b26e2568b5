#include "textflag.h"

// Both functions walk over channels, rows and taps as kernel.plain does, with one
// weight at a time in all lanes. Products and sums are rounded one by one: no fused
// operation, so that every processor gives the same bits.
//
// AX kernel; R8 source and R9 weights of the channel; R10 channels left;
// R11 source and R12 weights of the row; R13 rows left; BX taps left.

// START loads the arguments and sets the accumulator Y0 to the bias. Distances are
// turned from numbers to bytes: DX from plane to plane, SI from row to row, DI from
// the weights of a channel to the next.
#define START \
	MOVQ k+0(FP), AX \
	MOVQ src+16(FP), R8 \
	MOVQ w+24(FP), R9 \
	MOVQ 0(AX), R10 \
	MOVQ 24(AX), DX \
	SHLQ $2, DX \
	MOVQ 32(AX), SI \
	SHLQ $2, SI \
	MOVQ 40(AX), DI \
	SHLQ $2, DI \
	VBROADCASTSS 48(AX), Y0

// func block32(k *kernel, dst, src, w *float32)
TEXT ·block32(SB), NOSPLIT, $0-32
	START
	VMOVAPS Y0, Y1
	VMOVAPS Y0, Y2
	VMOVAPS Y0, Y3
	TESTQ R10, R10
	JLE  done32

channel32:
	MOVQ R8, R11
	MOVQ R9, R12
	MOVQ 8(AX), R13
	TESTQ R13, R13
	JLE  next32

row32:
	MOVQ R11, CX
	MOVQ 16(AX), BX

tap32:
	VBROADCASTSS (R12), Y4
	VMULPS (CX), Y4, Y5
	VMULPS 32(CX), Y4, Y6
	VMULPS 64(CX), Y4, Y7
	VMULPS 96(CX), Y4, Y8
	VADDPS Y5, Y0, Y0
	VADDPS Y6, Y1, Y1
	VADDPS Y7, Y2, Y2
	VADDPS Y8, Y3, Y3
	ADDQ $4, R12
	ADDQ $4, CX
	DECQ BX
	JNZ  tap32
	ADDQ SI, R11
	DECQ R13
	JNZ  row32

next32:
	ADDQ DX, R8
	ADDQ DI, R9
	DECQ R10
	JNZ  channel32

done32:
	MOVQ dst+8(FP), CX
	VMOVUPS Y0, (CX)
	VMOVUPS Y1, 32(CX)
	VMOVUPS Y2, 64(CX)
	VMOVUPS Y3, 96(CX)
	VZEROUPPER
	RET

// func block8(k *kernel, dst, src, w *float32)
TEXT ·block8(SB), NOSPLIT, $0-32
	START
	TESTQ R10, R10
	JLE  done8

channel8:
	MOVQ R8, R11
	MOVQ R9, R12
	MOVQ 8(AX), R13
	TESTQ R13, R13
	JLE  next8

row8:
	MOVQ R11, CX
	MOVQ 16(AX), BX

tap8:
	VBROADCASTSS (R12), Y4
	VMULPS (CX), Y4, Y5
	VADDPS Y5, Y0, Y0
	ADDQ $4, R12
	ADDQ $4, CX
	DECQ BX
	JNZ  tap8
	ADDQ SI, R11
	DECQ R13
	JNZ  row8

next8:
	ADDQ DX, R8
	ADDQ DI, R9
	DECQ R10
	JNZ  channel8

done8:
	MOVQ dst+8(FP), CX
	VMOVUPS Y0, (CX)
	VZEROUPPER
	RET
