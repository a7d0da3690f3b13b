// Package arm64 encodes A64 instructions, so that threads of litmus tests and
// the loops around them can be built in memory without an assembler.
//
// An [Instruction] is data: an opcode and its operands as assemblers write
// them, aliases included. [Instruction.Encode] gives its four bytes,
// [Instruction.String] its text for GNU as, and an [Assembler] puts a sequence
// with labels together. [Translate] takes the instructions of the AArch64
// dialect of litmus tests, and [Build] makes the functions of a plan, one a thread:
// test and loop. Package litmus/stress/amd64 is this one's twin.
//
// The encodings are those of the Arm Architecture Reference Manual (DDI 0487):
// chapter C4.1, "A64 instruction set encoding", for the classes, C6.2,
// "Alphabetical list of A64 base instructions", for each instruction. Sections
// are cited by their titles, since their numbers change from issue to issue.
// What the manual calls CONSTRAINED UNPREDICTABLE, such as a load of a pair into
// one register, is refused: nothing could be learned from running it.
package arm64
