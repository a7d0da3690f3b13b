package amd64

// Instruction is one instruction: an opcode and what it works on.
type Instruction struct {
	Op   Op
	Size Size // of the operands; 0 where the opcode has none, or names a cache line
	// From is the size of the source of Movzx and Movsx.
	From Size
	// Condition is that of Jcc, Setcc and Cmovcc.
	Condition Condition
	// Lock makes a read-modify-write of memory atomic. Xchg with memory always is.
	Lock bool
	// Dst is the destination, or the only operand; Src is the source. They are nil where the opcode takes none.
	Dst, Src Operand
}

// Op is an opcode.
type Op uint8

// The opcodes, by the manual's headings.
const (
	// Dst, a register or memory, and Src, a register, memory or an immediate; at most one of them memory.
	Add Op = iota + 1
	Or
	And
	Sub
	Xor
	Cmp
	Mov // also of 8 bytes into a register
	// Dst, a register or memory, and Src, a register or an immediate.
	Test
	// Dst, a register or memory, and Src, a register.
	Xchg
	Xadd
	Cmpxchg // with RAX
	// Dst, a register or memory, and Src, an immediate or RCX, whose lowest byte counts.
	Shl
	Shr
	Sar
	// Dst, a register or memory.
	Inc
	Dec
	Not
	Neg
	Setcc // Size 1
	// Dst, a register, and Src, a register or memory.
	Cmovcc
	Movzx
	Movsx
	// Dst, a register, and Src, memory.
	Lea
	// Dst, a label, or a register of Size 8.
	Jmp
	// Dst, a label.
	Jcc
	// Dst, a register of Size 8.
	Call
	Push
	Pop
	// Dst, memory. Size 0.
	Prefetcht0
	Clflush
	Clflushopt
	// No operand.
	Nop
	Ret
	Mfence
	Lfence
	Sfence
	Pause
	Rdtsc
	Rdtscp
	Endbr64
	Endbr32
	Syscall
)

// Condition is a condition code.
type Condition uint8

// The condition codes, in the order of their tttn fields (B.1.4.7).
const (
	Overflow Condition = iota
	NotOverflow
	Below // unsigned; the carry
	AboveOrEqual
	Equal
	NotEqual
	BelowOrEqual
	Above
	Sign
	NotSign
	Parity
	NotParity
	Less // signed
	GreaterOrEqual
	LessOrEqual
	Greater
)
