//go:build linux || darwin

#include "textflag.h"

// func enter(code, arg unsafe.Pointer)
//
// What the code pushes goes below the frame, into the guard of Go's stacks: a
// function that checks for room, as this one does, leaves 800 bytes of it to
// those that do not (runtime/stack.go, stackNosplitBase). The assembler
// saves and restores BP, and Go's wrapper of assembly functions sets
// the other registers that Go keeps, X15 and R14, anew.
TEXT ·enter(SB), 0, $16-16
	MOVQ	code+0(FP), AX
	MOVQ	arg+8(FP), DI
	CALL	AX
	RET
