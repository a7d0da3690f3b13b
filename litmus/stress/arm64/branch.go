package arm64

import "fmt"

// Branches, and addresses of code (sections C4.1, "Branches, Exception
// Generating and System instructions" and "PC-rel. addressing").

// jump is B and BL.
func jump(word uint32) func(*fields) {
	return func(f *fields) {
		f.word = word
		f.distance(26, 2, 0)
	}
}

// jumpIf is B.cond.
func jumpIf(c Condition) func(*fields) {
	return func(f *fields) {
		f.word = 0x54000000 | uint32(c)
		f.distance(19, 2, 5)
	}
}

// compareAndBranch is CBZ and, with op 1, CBNZ.
func compareAndBranch(op uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x34000000 | op<<24
		f.register(0)
		f.width(31)
		f.distance(19, 2, 5)
	}
}

// testAndBranch is TBZ and, with op 1, TBNZ. The bit's number has its highest
// bit, b5, where others have the width.
func testAndBranch(op uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x36000000 | op<<24
		r := f.register(0)
		bit := uint32(f.immediate(0, r.bits()-1))
		f.put(bit>>5, 31)
		f.put(bit&31, 19)
		f.distance(14, 2, 5)
	}
}

// jumpRegister is BR and BLR.
func jumpRegister(word uint32) func(*fields) {
	return func(f *fields) {
		f.word = word
		f.wide(5)
	}
}

// ret is RET, to X30 unless it is told otherwise.
func ret(f *fields) {
	f.word = 0xd65f0000
	if !f.more() {
		f.put(30, 5)
		return
	}
	f.wide(5)
}

// addressOf is ADR: the two low bits of the distance are apart.
func addressOf(f *fields) {
	f.word = 0x10000000
	f.wide(0)
	at := &fields{operands: f.operands, next: f.next}
	at.distance(21, 0, 0)
	if at.err != nil {
		f.fail("%w", at.err)
	}
	f.next = at.next
	f.put(at.word&3, 29)
	f.put(at.word>>2, 5)
}

func branchEncodings(add func(Opcode, string, func(*fields))) {
	add("b", "", jump(0x14000000))
	add("bl", "", jump(0x94000000))
	for c := EQ; c <= AL; c++ {
		add(Opcode(fmt.Sprintf("b.%s", c)), "", jumpIf(c))
	}
	add("cbz", "", compareAndBranch(0))
	add("cbnz", "", compareAndBranch(1))
	add("tbz", "", testAndBranch(0))
	add("tbnz", "", testAndBranch(1))
	add("br", "", jumpRegister(0xd61f0000))
	add("blr", "", jumpRegister(0xd63f0000))
	add("ret", "", ret)
	add("adr", "", addressOf)
}
