// Package amd64 encodes machine code of x86-64 in 64-bit mode: the bodies of threads, and the loops around them.
//
// In goes an [Instruction], an opcode with its size and operands; out come its bytes, the shortest that there are, as
// GNU as chooses them. An [Assembler] collects instructions and labels, and resolves the branches between them.
// [Translate] makes an instruction of the X86 and X86_64 dialects of litmus tests one of this package.
// [Build] makes the functions of a plan, one a thread: test and loop.
//
// Sections, tables and instruction headings that comments cite are those of volume 2 of the Intel 64 and IA-32
// Architectures Software Developer's Manual (325383). Package litmus/stress/arm64 is this one's twin.
package amd64
