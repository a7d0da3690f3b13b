//go:build linux || darwin

#include "textflag.h"

// func enter(code, arg unsafe.Pointer)
//
// What the code pushes goes below the frame, into the guard of Go's stacks: a
// function that checks for room, as this one does, leaves 800 bytes of it to
// those that do not (runtime/stack.go, stackNosplitBase). The assembler
// saves and restores the link register.
TEXT ·enter(SB), 0, $16-16
	MOVD	code+0(FP), R1
	MOVD	arg+8(FP), R0
	CALL	(R1)
	RET
