//go:build linux || darwin

#include "textflag.h"

// func enter(code, arg unsafe.Pointer)
//
// The frame is room for what the code pushes. The assembler saves and restores
// BP, and Go's wrapper of assembly functions sets the other registers that Go
// keeps, X15 and R14, anew.
TEXT ·enter(SB), 0, $512-16
	MOVQ	code+0(FP), AX
	MOVQ	arg+8(FP), DI
	CALL	AX
	RET
