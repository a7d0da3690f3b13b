//go:build linux || darwin

#include "textflag.h"

// func coherent(from, to unsafe.Pointer)
//
// Data written by stores is cleaned to the point of unification, then dropped
// from the instruction cache (Arm Architecture Reference Manual, section "Cache
// maintenance", in the code sequence for instructions that are modified). No
// cache line is shorter than 16 bytes.
TEXT ·coherent(SB), NOSPLIT, $0-16
	MOVD	from+0(FP), R0
	MOVD	to+8(FP), R1
	MOVD	R0, R2
clean:
	WORD	$0xd50b7b22 // dc cvau, x2
	ADD	$16, R2
	CMP	R1, R2
	BLO	clean
	DSB	$0xb // ish
	MOVD	R0, R2
drop:
	WORD	$0xd50b7522 // ic ivau, x2
	ADD	$16, R2
	CMP	R1, R2
	BLO	drop
	DSB	$0xb // ish
	ISB	$15
	RET
