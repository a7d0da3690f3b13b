package amd64

// opcode is what is known of an [Op].
type opcode struct {
	mnemonic string
	lockable bool // may have the lock prefix, with memory as the destination (heading LOCK)
	// forms are the encodings, shorter ones first where several take the same operands.
	forms []form
}

// form is one encoding: a line of an instruction's table in chapters 3 to 6.
type form struct {
	dst, src pattern
	sizes    Size // the sizes that there are, added up; 0 where there is none
	from     Size
	layout   layout
	prefix   byte   // mandatory, 0 if none
	code     string // the opcode's bytes
	digit    byte   // in ModRM.reg, where no operand is: the manual's /digit
	// w: the opcode's lowest bit is set for operands above a byte (B.1.4.3).
	w bool
	// cc: the condition code is added to the opcode (B.1.4.7).
	cc bool
	// fixed: the operand's size needs no prefix (2.2.1.7).
	fixed bool
}

// pattern is a set of operands.
type pattern uint8

const (
	none   pattern = iota
	reg            // any register
	acc            // RAX, or its part
	cl             // RCX, as a count
	mem            // memory
	regMem         // any register, or memory
	one            // the constant 1
	imm8           // a constant that is a byte, sign-extended
	imm32          // a constant of the operand's size, or of 4 bytes, sign-extended to 8
	imm64          // a constant of 8 bytes
	count          // a constant that is a byte without sign
)

// layout says where the operands stand: the manual's column Op/En.
type layout uint8

const (
	layoutZO layout = iota // nowhere
	layoutM                // ModRM.rm: the destination
	layoutMI               // ModRM.rm: the destination; immediate
	layoutMR               // ModRM.rm: the destination; ModRM.reg: the source
	layoutRM               // ModRM.reg: the destination; ModRM.rm: the source
	layoutI                // immediate
	layoutO                // the opcode's low three bits: the destination
	layoutOS               // the opcode's low three bits: the source
	layoutOI               // the opcode's low three bits: the destination; immediate
)

const (
	wide = 2 | 4 | 8
	all  = 1 | wide
)

// opcodes are the opcodes' encodings, each under the heading of its mnemonic.
var opcodes = [...]opcode{
	Add: {"add", true, arithmetic(0)},
	Or:  {"or", true, arithmetic(1)},
	And: {"and", true, arithmetic(4)},
	Sub: {"sub", true, arithmetic(5)},
	Xor: {"xor", true, arithmetic(6)},
	Cmp: {"cmp", false, arithmetic(7)},
	Mov: {"mov", false, []form{
		{dst: regMem, src: reg, sizes: all, layout: layoutMR, code: "\x88", w: true},
		{dst: reg, src: mem, sizes: all, layout: layoutRM, code: "\x8a", w: true},
		{dst: reg, src: imm32, sizes: 1, layout: layoutOI, code: "\xb0"},
		{dst: reg, src: imm32, sizes: 2 | 4, layout: layoutOI, code: "\xb8"},
		{dst: regMem, src: imm32, sizes: all, layout: layoutMI, code: "\xc6", w: true},
		{dst: reg, src: imm64, sizes: 8, layout: layoutOI, code: "\xb8"}, // 2.2.1.5
	}},
	Test: {"test", false, []form{
		{dst: acc, src: imm32, sizes: all, layout: layoutI, code: "\xa8", w: true},
		{dst: regMem, src: imm32, sizes: all, layout: layoutMI, code: "\xf6", w: true},
		{dst: regMem, src: reg, sizes: all, layout: layoutMR, code: "\x84", w: true},
	}},
	Xchg: {"xchg", true, []form{
		// 90 is NOP, which leaves the upper half of RAX as it is.
		{dst: acc, src: acc, sizes: 4, layout: layoutMR, code: "\x87"},
		{dst: acc, src: acc, sizes: 8, layout: layoutZO, code: "\x90", fixed: true},
		{dst: reg, src: acc, sizes: wide, layout: layoutO, code: "\x90"},
		{dst: acc, src: reg, sizes: wide, layout: layoutOS, code: "\x90"},
		{dst: regMem, src: reg, sizes: all, layout: layoutMR, code: "\x86", w: true},
	}},
	Xadd: {"xadd", true, []form{
		{dst: regMem, src: reg, sizes: all, layout: layoutMR, code: "\x0f\xc0", w: true},
	}},
	Cmpxchg: {"cmpxchg", true, []form{
		{dst: regMem, src: reg, sizes: all, layout: layoutMR, code: "\x0f\xb0", w: true},
	}},
	Shl: {"shl", false, shift(4)},
	Shr: {"shr", false, shift(5)},
	Sar: {"sar", false, shift(7)},
	Inc: {"inc", true, unary("\xfe", 0)},
	Dec: {"dec", true, unary("\xfe", 1)},
	Not: {"not", true, unary("\xf6", 2)},
	Neg: {"neg", true, unary("\xf6", 3)},
	Setcc: {"set", false, []form{
		{dst: regMem, sizes: 1, layout: layoutM, code: "\x0f\x90", cc: true},
	}},
	Cmovcc: {"cmov", false, []form{
		{dst: reg, src: regMem, sizes: wide, layout: layoutRM, code: "\x0f\x40", cc: true},
	}},
	Movzx: {"movz", false, []form{
		{dst: reg, src: regMem, sizes: wide, from: 1, layout: layoutRM, code: "\x0f\xb6"},
		{dst: reg, src: regMem, sizes: 4 | 8, from: 2, layout: layoutRM, code: "\x0f\xb7"},
	}},
	Movsx: {"movs", false, []form{ // headed MOVSX/MOVSXD
		{dst: reg, src: regMem, sizes: wide, from: 1, layout: layoutRM, code: "\x0f\xbe"},
		{dst: reg, src: regMem, sizes: 4 | 8, from: 2, layout: layoutRM, code: "\x0f\xbf"},
		{dst: reg, src: regMem, sizes: 8, from: 4, layout: layoutRM, code: "\x63"},
	}},
	Lea: {"lea", false, []form{
		{dst: reg, src: mem, sizes: wide, layout: layoutRM, code: "\x8d"},
	}},
	Jmp: {"jmp", false, []form{ // to a label, see branch
		{dst: reg, sizes: 8, layout: layoutM, code: "\xff", digit: 4, fixed: true},
	}},
	Jcc: {"j", false, nil}, // see branch
	Call: {"call", false, []form{
		{dst: reg, sizes: 8, layout: layoutM, code: "\xff", digit: 2, fixed: true},
	}},
	Push: {"push", false, []form{
		{dst: reg, sizes: 8, layout: layoutO, code: "\x50", fixed: true},
	}},
	Pop: {"pop", false, []form{
		{dst: reg, sizes: 8, layout: layoutO, code: "\x58", fixed: true},
	}},
	Prefetcht0: {"prefetcht0", false, []form{ // headed PREFETCHh
		{dst: mem, layout: layoutM, code: "\x0f\x18", digit: 1},
	}},
	Clflush: {"clflush", false, []form{
		{dst: mem, layout: layoutM, code: "\x0f\xae", digit: 7},
	}},
	Clflushopt: {"clflushopt", false, []form{
		{dst: mem, layout: layoutM, prefix: 0x66, code: "\x0f\xae", digit: 7},
	}},
	Nop:     {"nop", false, []form{{code: "\x90"}}},
	Ret:     {"ret", false, []form{{code: "\xc3"}}},
	Mfence:  {"mfence", false, []form{{code: "\x0f\xae\xf0"}}},
	Lfence:  {"lfence", false, []form{{code: "\x0f\xae\xe8"}}},
	Sfence:  {"sfence", false, []form{{code: "\x0f\xae\xf8"}}},
	Pause:   {"pause", false, []form{{prefix: 0xf3, code: "\x90"}}},
	Rdtsc:   {"rdtsc", false, []form{{code: "\x0f\x31"}}},
	Rdtscp:  {"rdtscp", false, []form{{code: "\x0f\x01\xf9"}}},
	Endbr64: {"endbr64", false, []form{{prefix: 0xf3, code: "\x0f\x1e\xfa"}}},
	Endbr32: {"endbr32", false, []form{{prefix: 0xf3, code: "\x0f\x1e\xfb"}}},
	Syscall: {"syscall", false, []form{{code: "\x0f\x05"}}},
}

// arithmetic are the forms of ADD, OR, AND, SUB, XOR and CMP, whose opcodes differ in three bits.
func arithmetic(n byte) []form {
	return []form{
		{dst: regMem, src: imm8, sizes: wide, layout: layoutMI, code: "\x83", digit: n},
		{dst: acc, src: imm32, sizes: all, layout: layoutI, code: string([]byte{n<<3 | 4}), w: true},
		{dst: regMem, src: imm32, sizes: all, layout: layoutMI, code: "\x80", digit: n, w: true},
		{dst: regMem, src: reg, sizes: all, layout: layoutMR, code: string([]byte{n << 3}), w: true},
		{dst: reg, src: mem, sizes: all, layout: layoutRM, code: string([]byte{n<<3 | 2}), w: true},
	}
}

// unary are the forms of INC, DEC, NOT and NEG.
func unary(code string, digit byte) []form {
	return []form{{dst: regMem, sizes: all, layout: layoutM, code: code, digit: digit, w: true}}
}

// shift are the forms of SHL, SHR and SAR, headed SAL/SAR/SHL/SHR.
func shift(digit byte) []form {
	return []form{
		{dst: regMem, src: one, sizes: all, layout: layoutM, code: "\xd0", digit: digit, w: true},
		{dst: regMem, src: count, sizes: all, layout: layoutMI, code: "\xc0", digit: digit, w: true},
		{dst: regMem, src: cl, sizes: all, layout: layoutM, code: "\xd2", digit: digit, w: true},
	}
}

// takes tells whether the operand, of that size, is in the pattern.
func (p pattern) takes(o Operand, size Size) bool {
	switch o := o.(type) {
	case nil:
		return p == none
	case Register:
		return p == reg || p == regMem || p == acc && o == RAX || p == cl && o == RCX
	case Memory:
		return p == mem || p == regMem
	case Immediate:
		v := o.signed(size)
		switch p {
		case one:
			return o == 1
		case imm8:
			return v == int64(int8(v))
		case imm32:
			return v == int64(int32(v))
		case imm64:
			return true
		case count:
			return o == Immediate(uint8(o))
		}
	}
	return false
}
