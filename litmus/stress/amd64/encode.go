package amd64

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Prefixes (2.1.1).
const (
	lockPrefix    = 0xf0
	operandPrefix = 0x66 // operands of 2 bytes
	addressPrefix = 0x67 // addresses of 4 bytes
)

// Bits of the prefix REX (2.2.1.2, table 2-4).
const (
	rex  = 0x40
	rexW = 0x48 // operands of 8 bytes
	rexR = 0x44 // the fourth bit of ModRM.reg
	rexX = 0x42 // of SIB.index
	rexB = 0x41 // of ModRM.rm, SIB.base, or the register in the opcode
)

// Encode returns the instruction's bytes, the shortest that there are. It is an error if the processor has no such
// instruction, or if the instruction refers to a label, whose place only an [Assembler] knows.
func (in Instruction) Encode() ([]byte, error) {
	e, err := in.encode()
	if err == nil && e.label != "" {
		err = fmt.Errorf("%s: only an Assembler knows where %s is", in, e.label)
	}
	if err != nil {
		return nil, err
	}
	return e.bytes, nil
}

// encoding is an instruction's bytes.
type encoding struct {
	bytes []byte
	// label is what the instruction refers to, "" for nothing. The four bytes from at are to have the distance from the
	// instruction's end to the label added.
	label Label
	at    int
}

// encode returns the instruction's bytes; of a branch to a label, the near ones.
func (in Instruction) encode() (encoding, error) {
	f, err := in.form()
	if err != nil {
		return encoding{}, fmt.Errorf("%s: %w", in, err)
	}
	if in.branches() {
		return in.branch(true), nil
	}
	e := encoder{size: in.Size, opcode: []byte(f.code)}
	last := len(e.opcode) - 1
	if f.w && in.Size > 1 {
		e.opcode[last] |= 1
	}
	if f.cc {
		e.opcode[last] |= byte(in.Condition)
	}
	switch f.layout {
	case layoutM, layoutMI:
		e.modRM(f.digit, in.Dst, in.Size)
	case layoutMR:
		e.modRM(e.register(in.Src, in.Size, rexR), in.Dst, in.Size)
	case layoutRM:
		e.modRM(e.register(in.Dst, in.Size, rexR), in.Src, in.sourceSize())
	case layoutO, layoutOI:
		e.opcode[last] |= e.register(in.Dst, in.Size, rexB)
	case layoutOS:
		e.opcode[last] |= e.register(in.Src, in.Size, rexB)
	}
	switch f.src {
	case imm8, count:
		e.immediate(in.Src, 1)
	case imm32:
		e.immediate(in.Src, min(in.Size, 4))
	case imm64:
		e.immediate(in.Src, 8)
	}
	if f.fixed {
		e.size = 4
	}
	if e.high != NoRegister && (e.rex != 0 || e.size == 8) {
		return encoding{}, fmt.Errorf("%s: %%%s is out of reach beside operands that need the prefix REX", in, e.high.name(1))
	}
	return e.assemble(in.Lock, f.prefix), nil
}

// form finds the shortest form that takes the operands; none for a branch to a label.
func (in Instruction) form() (*form, error) {
	if in.Op == 0 || int(in.Op) >= len(opcodes) {
		return nil, errors.New("expected an opcode")
	}
	if int(in.Condition) >= len(conditionNames) {
		return nil, errors.New("expected a condition code")
	}
	if err := checkOperand(in.Dst, in.Size); err != nil {
		return nil, err
	}
	if err := checkOperand(in.Src, in.sourceSize()); err != nil {
		return nil, err
	}
	op := &opcodes[in.Op]
	if _, ok := in.Dst.(Memory); in.Lock && !(ok && op.lockable) {
		return nil, errors.New("only a read-modify-write of memory can be locked")
	}
	if _, ok := in.Dst.(Label); ok && (in.Op == Jmp || in.Op == Jcc) && in.Src == nil && in.Size == 0 && in.From == 0 {
		return nil, nil
	}
	for i, f := range op.forms {
		size := f.sizes&in.Size != 0 && in.Size&(in.Size-1) == 0 || f.sizes == 0 && in.Size == 0
		if size && in.From == f.from && f.dst.takes(in.Dst, in.Size) && f.src.takes(in.Src, in.Size) {
			return &op.forms[i], nil
		}
	}
	return nil, fmt.Errorf("%s has no form with these operands, of %d bytes", op.mnemonic, in.Size)
}

// sourceSize is the size of the source.
func (in Instruction) sourceSize() Size {
	switch {
	case in.From != 0:
		return in.From
	case in.Op == Shl || in.Op == Shr || in.Op == Sar:
		return 1
	}
	return in.Size
}

// checkOperand says what is wrong with an operand of that size, whatever the opcode.
func checkOperand(o Operand, size Size) error {
	switch o := o.(type) {
	case Register:
		if !o.whole() && !(o.high() && size == 1) {
			return fmt.Errorf("%s is not a register of %d bytes", o, size)
		}
	case Immediate:
		if !o.fits(size) {
			return fmt.Errorf("the constant %d does not fit %d bytes", o, size)
		}
	case Memory:
		return o.check()
	case Label:
		if o == "" {
			return errors.New("the label has no name")
		}
	}
	return nil
}

// check says what is wrong with a memory operand.
func (m Memory) check() error {
	switch {
	case m.Base != NoRegister && m.Base != RIP && !m.Base.whole():
		return fmt.Errorf("%s cannot be a base", m.Base)
	case m.Index != NoRegister && (!m.Index.whole() || m.Index == RSP):
		return fmt.Errorf("%s cannot be an index", m.Index)
	case m.Index != NoRegister && m.Scale != 1 && m.Scale != 2 && m.Scale != 4 && m.Scale != 8:
		return fmt.Errorf("expected a scale of 1, 2, 4 or 8, found %d", m.Scale)
	case m.Index == NoRegister && m.Scale != 0:
		return fmt.Errorf("the scale %d is without an index", m.Scale)
	case m.Label != "" && m.Base != RIP:
		return fmt.Errorf("the distance of label %s counts from RIP, which has to be the base", m.Label)
	case m.Base == RIP && (m.Index != NoRegister || m.Narrow):
		return errors.New("RIP goes with a displacement alone")
	case m.Narrow && m.Base == NoRegister && m.Index == NoRegister:
		return errors.New("a narrow address needs a register")
	}
	return nil
}

// fits tells whether the constant is a number of the size, signed or unsigned.
func (i Immediate) fits(size Size) bool {
	if size == 0 || size >= 8 {
		return true
	}
	bits := 8 * size
	return -(1<<(bits-1)) <= i && i < 1<<bits
}

// signed is the number that the size's bits of the constant are, with sign.
func (i Immediate) signed(size Size) int64 {
	switch size {
	case 1:
		return int64(int8(i))
	case 2:
		return int64(int16(i))
	case 4:
		return int64(int32(i))
	}
	return int64(i)
}

// encoder holds the parts of an instruction (2.1, figure 2-1).
type encoder struct {
	size   Size
	rex    byte
	high   Register // the operand among AH to BH, which REX would make another
	narrow bool
	opcode []byte
	rm     []byte // ModRM, SIB and displacement
	label  Label  // that the displacement counts from
	imm    []byte
}

// register returns the three bits of a register, and has REX hold the fourth at the given bit.
func (e *encoder) register(o Operand, size Size, bit byte) byte {
	r := o.(Register)
	n := r.number()
	switch {
	case r.high():
		e.high = r
	case n >= 8:
		e.rex |= bit
	case size == 1 && n >= 4:
		e.rex |= rex // SPL, BPL, SIL, DIL (table 3-1)
	}
	return n & 7
}

// modRM sets ModRM, SIB and displacement (2.1.5, tables 2-2 and 2-3).
func (e *encoder) modRM(reg byte, o Operand, size Size) {
	m, ok := o.(Memory)
	if !ok {
		e.rm = []byte{3<<6 | reg<<3 | e.register(o, size, rexB)}
		return
	}
	e.narrow, e.label = m.Narrow, m.Label
	const (
		sib   = 4 // as ModRM.rm: SIB follows; as SIB.index: none
		base5 = 5 // as ModRM.rm or SIB.base, without displacement: RIP, or no base, and a displacement of 4 bytes
	)
	scale, index, base := byte(0), byte(sib), byte(base5)
	if m.Index != NoRegister {
		index = e.register(m.Index, 8, rexX)
		for m.Scale>>scale > 1 {
			scale++
		}
	}
	if m.Base != NoRegister && m.Base != RIP {
		base = e.register(m.Base, 8, rexB)
	}
	var mod byte
	length := 4
	switch {
	case m.Base == NoRegister || m.Base == RIP: // 2.2.1.6
	case m.Disp == 0 && base != base5:
		length = 0
	case m.Disp == int32(int8(m.Disp)):
		mod, length = 1, 1
	default:
		mod = 2
	}
	if m.Index != NoRegister || m.Base == NoRegister || base == sib {
		e.rm = []byte{mod<<6 | reg<<3 | sib, scale<<6 | index<<3 | base}
	} else {
		e.rm = []byte{mod<<6 | reg<<3 | base}
	}
	e.rm = append(e.rm, littleEndian(int64(m.Disp), length)...)
}

func (e *encoder) immediate(o Operand, size Size) {
	e.imm = littleEndian(int64(o.(Immediate)), int(size))
}

func littleEndian(n int64, length int) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(n))[:length]
}

// assemble puts the parts together. Legacy prefixes may come in any order; REX comes last of the prefixes (2.2.1).
func (e *encoder) assemble(lock bool, prefix byte) encoding {
	var b []byte
	if e.narrow {
		b = append(b, addressPrefix)
	}
	switch e.size {
	case 2:
		b = append(b, operandPrefix)
	case 8:
		e.rex |= rexW
	}
	if lock {
		b = append(b, lockPrefix)
	}
	if prefix != 0 {
		b = append(b, prefix)
	}
	if e.rex != 0 {
		b = append(b, e.rex)
	}
	b = append(b, e.opcode...)
	b = append(b, e.rm...)
	at := len(b) - 4
	return encoding{bytes: append(b, e.imm...), label: e.label, at: at}
}

// branch returns a branch to a label with the distance left zero: one byte from -128 to 127, or four if near (headings
// Jcc, JMP).
func (in Instruction) branch(near bool) encoding {
	label := in.Dst.(Label)
	switch {
	case in.Op == Jmp && near:
		return encoding{[]byte{0xe9, 0, 0, 0, 0}, label, 1}
	case in.Op == Jmp:
		return encoding{[]byte{0xeb, 0}, label, 1}
	case near:
		return encoding{[]byte{0x0f, 0x80 | byte(in.Condition), 0, 0, 0, 0}, label, 2}
	}
	return encoding{[]byte{0x70 | byte(in.Condition), 0}, label, 1}
}
