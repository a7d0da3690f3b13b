//go:build linux || darwin

#include "textflag.h"

// func enter(code, arg unsafe.Pointer)
//
// The frame is room for what the code pushes. The assembler saves and restores
// the link register.
TEXT ·enter(SB), 0, $512-16
	MOVD	code+0(FP), R1
	MOVD	arg+8(FP), R0
	CALL	(R1)
	RET
