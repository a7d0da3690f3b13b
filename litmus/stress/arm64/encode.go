package arm64

import (
	"fmt"
	"slices"
)

// encoding is how an opcode that is no alias becomes a word.
type encoding struct {
	feature string // that the opcode needs, "" if none
	encode  func(*fields)
}

// encodings is the table of the opcodes that are no aliases.
var encodings = allEncodings()

func allEncodings() map[Opcode]encoding {
	table := map[Opcode]encoding{}
	add := func(op Opcode, feature string, encode func(*fields)) {
		if _, ok := table[op]; ok {
			panic("arm64: opcode " + string(op) + " twice")
		}
		table[op] = encoding{feature, encode}
	}
	dataEncodings(add)
	memoryEncodings(add)
	atomicEncodings(add)
	branchEncodings(add)
	systemEncodings(add)
	return table
}

// fields reads an instruction's operands one after the other and fills the
// word. After the first error the rest does not matter.
type fields struct {
	operands []Operand
	next     int
	first    Register // gives the width of the others
	word     uint32
	err      error
}

func (f *fields) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
}

// put sets the bits of a field whose lowest bit is at.
func (f *fields) put(value uint32, at int) { f.word |= value << at }

// peek is the operand i after the next, or nil.
func (f *fields) peek(i int) Operand {
	if f.next+i < len(f.operands) {
		return f.operands[f.next+i]
	}
	return nil
}

func (f *fields) more() bool { return f.next < len(f.operands) }

// take reads an operand of type O.
func take[O Operand](f *fields, expected string) O {
	var none O
	if !f.more() {
		f.fail("expected %s after the last operand", expected)
		return none
	}
	o, ok := f.operands[f.next].(O)
	if !ok {
		f.fail("expected %s, found %v", expected, f.operands[f.next])
		return none
	}
	f.next++
	return o
}

// any reads a register of either width and puts its number.
func (f *fields) any(at int) Register {
	r := take[Register](f, "a register")
	if r&general == 0 || r.isStack() {
		f.fail("%s: expected w0 to w30, x0 to x30 or a zero register", r)
	}
	f.put(r.number(), at)
	return r
}

// register reads a register as wide as the first. It puts its number.
func (f *fields) register(at int) Register {
	r := f.any(at)
	f.same(r)
	return r
}

// same holds a register's width against the first one's.
func (f *fields) same(r Register) {
	if f.first == 0 {
		f.first = r
	}
	if r.Wide() != f.first.Wide() {
		f.fail("%s: expected a register of %d bits", r, f.first.bits())
	}
}

// stackOrRegister reads a register as wide as the first, where number 31 is the
// stack pointer.
func (f *fields) stackOrRegister(at int) Register {
	r := take[Register](f, "a register")
	if r&general == 0 || r.number() == 31 && !r.isStack() {
		f.fail("%s: expected w0 to w30, x0 to x30 or a stack pointer", r)
	}
	f.same(r)
	f.put(r.number(), at)
	return r
}

// wide reads an X register.
func (f *fields) wide(at int) Register {
	r := f.any(at)
	if !r.Wide() {
		f.fail("%s: expected an x register", r)
	}
	return r
}

// narrow reads a W register.
func (f *fields) narrow(at int) Register {
	r := f.any(at)
	if r.Wide() {
		f.fail("%s: expected a w register", r)
	}
	return r
}

// width puts the bit that says that the instruction is 64 bits wide.
func (f *fields) width(at int) {
	if f.first.Wide() {
		f.put(1, at)
	}
}

// immediate reads an immediate of low to high.
func (f *fields) immediate(low, high int64) int64 {
	n := int64(take[Immediate](f, "an immediate"))
	if f.err == nil && (n < low || n > high) {
		f.fail("#%d: expected #%d to #%d", n, low, high)
	}
	return n
}

// distance reads a distance in units of 1<<scale bytes and puts it, in count bits.
func (f *fields) distance(count, scale, at int) {
	if _, ok := f.peek(0).(Label); ok {
		f.fail("the label has no place yet: expected a distance")
		return
	}
	d := int64(take[Distance](f, "a label or a distance"))
	if f.err != nil {
		return
	}
	limit := int64(1) << (count - 1 + scale)
	switch {
	case d%(1<<scale) != 0:
		f.fail("expected a distance of a multiple of %d bytes", 1<<scale)
	case d < -limit || d >= limit:
		f.fail("expected a distance of %d to %d bytes", -limit, limit-1<<scale)
	}
	f.put(uint32(d>>scale)&(1<<count-1), at)
}

// modifier reads the shift that may be last: one that allowed has, of at most
// high. It returns LSL #0 if there is none.
func (f *fields) modifier(high int64, allowed ...Shift) Modifier {
	if !f.more() {
		return Modifier{Shift: LSL}
	}
	m := take[Modifier](f, "a shift")
	switch {
	case !slices.Contains(allowed, m.Shift):
		f.fail("%s: expected one of %v", m, allowed)
	case int64(m.Amount) > high:
		f.fail("%s: expected an amount of at most %d", m, high)
	}
	return m
}

// condition reads a condition.
func (f *fields) condition(at int) {
	c := take[Condition](f, "a condition")
	if c > AL {
		f.fail("%s: expected a condition", c)
	}
	f.put(uint32(c), at)
}

// memory reads an address whose base is an X register or SP, and puts the base.
func (f *fields) memory() Memory {
	m := take[Memory](f, "an address")
	if f.err != nil {
		return m
	}
	if m.Base&general == 0 || !m.Base.Wide() || m.Base == XZR {
		f.fail("%s: expected an x register or sp as base", m)
	}
	if m.Index != 0 && (m.Mode != Offset || m.Offset != 0) {
		f.fail("%s: expected an index or an offset", m)
	}
	f.put(m.Base.number(), 5)
	return m
}

// plain reads an address without offset.
func (f *fields) plain() Memory {
	m := f.memory()
	if f.err == nil && m != At(m.Base) {
		f.fail("%s: expected [%s]", m, m.Base)
	}
	return m
}
