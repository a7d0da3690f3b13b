package aarch64

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// address is the address operand of an access (section C1.3.3, "Load/Store
// addressing modes").
type address struct {
	base       register
	capability bool // the base is a capability register
	mode       indexing
	offset     int64    // in bytes, without index
	index      register // if indexed
	indexed    bool
	extend     modifier // of the index; the zero modifier for none
}

// indexing says whether the base register changes, and when.
type indexing uint8

const (
	unchanged indexing = iota // [Xn,#offset]
	before                    // [Xn,#offset]!
	after                     // [Xn],#offset
)

func (a address) String() string {
	base := a.base.String()
	if a.capability {
		base = "C" + strings.TrimPrefix(base, "X")
	}
	switch {
	case a.indexed && a.extend.name == "":
		return fmt.Sprintf("[%s,%s]", base, a.index)
	case a.indexed:
		return fmt.Sprintf("[%s,%s,%s]", base, a.index, a.extend)
	case a.mode == before:
		return fmt.Sprintf("[%s,#%d]!", base, a.offset)
	case a.mode == after:
		return fmt.Sprintf("[%s],#%d", base, a.offset)
	case a.offset == 0:
		return fmt.Sprintf("[%s]", base)
	}
	return fmt.Sprintf("[%s,#%d]", base, a.offset)
}

// address reads an address from f and, for post-index, from the field after it.
func (p *parser) address(k kind, f field) (operand, error) {
	text := f.text
	var a address
	if rest, ok := strings.CutSuffix(text, "!"); ok {
		text, a.mode = strings.TrimRight(rest, " \t"), before
	}
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") {
		return nil, p.wrong(k, f)
	}
	parts, err := split(text[1:len(text)-1], f.pos.Shift(1))
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, p.wrong(k, f)
	}
	if err := p.base(&a, parts[0]); err != nil {
		return nil, err
	}
	switch {
	case len(parts) == 1 && a.mode == before:
		return nil, source.Errorf(f.pos, "%s: expected an offset, as in [%s,#8]!", p.in.mnemonic, a.base)
	case len(parts) == 2:
		if n, ok := parseImmediate(parts[1].text); ok {
			a.offset = int64(n)
			break
		}
		fallthrough
	case len(parts) == 3:
		if err := p.index(&a, parts[1:]); err != nil {
			return nil, err
		}
	case len(parts) > 3:
		return nil, p.wrong(k, f)
	}
	if p.next < len(p.fields) && len(parts) == 1 {
		n, ok := parseImmediate(p.fields[p.next].text)
		if !ok {
			return nil, p.wrong(constant, p.fields[p.next])
		}
		a.mode, a.offset = after, int64(n)
		p.next++
	}
	if a.indexed && (k == paired || k == based || a.mode != unchanged) || k == based && (a.mode != unchanged || a.offset != 0) {
		return nil, p.wrong(k, f)
	}
	return a, nil
}

func (p *parser) base(a *address, f field) error {
	if isCapability(f.text) {
		a.capability = true
		r, ok := parseRegister(f.text[1:])
		if !ok {
			r, ok = parseRegister("X" + f.text[1:])
		}
		if !ok || r.name == zeroRegister {
			return p.wrong(wide, f)
		}
		a.base = r
		return nil
	}
	r, ok := parseRegister(f.text)
	if !ok || r.size != 8 || r.name == zeroRegister {
		return source.Errorf(f.pos, "%s: expected an X register or SP as base, found %q", p.in.mnemonic, f.text)
	}
	a.base = r
	return nil
}

func (p *parser) index(a *address, parts []field) error {
	r, ok := parseRegister(parts[0].text)
	if !ok || r.name == stackPointer {
		if isVector(parts[0].text) {
			return p.wrong(general, parts[0])
		}
		return source.Errorf(parts[0].pos, "%s: expected an offset, such as #8, X1 or W1,SXTW, found %q", p.in.mnemonic, parts[0].text)
	}
	a.index, a.indexed = r, true
	if len(parts) == 1 {
		return nil
	}
	m, ok := parseModifier(parts[1].text)
	switch m.name {
	case "LSL", "SXTX", "UXTX", "SXTW", "UXTW":
	default:
		ok = false
	}
	if !ok || m.amount < 0 || m.amount > 4 {
		return source.Errorf(parts[1].pos, "%s: expected SXTW, UXTW, SXTX or LSL of the index by at most 4, found %q", p.in.mnemonic, parts[1].text)
	}
	if r.size == 4 && (m.name == "SXTX" || m.name == "UXTX") {
		return source.Errorf(parts[1].pos, "%s: %s of %s: expected SXTW or UXTW", p.in.mnemonic, m.name, r)
	}
	if m != (modifier{name: "LSL"}) {
		a.extend = m
	}
	return nil
}

// access is where an instruction's accesses go.
type access struct {
	at        ir.Operand
	base      int32
	writeback ir.Operand // the base register's new value; immediate 0 for none
}

// resolve emits the computation of an address. The base register keeps its
// value until [lowering.finish]: the new one depends on the old alone, never on
// what is loaded.
func (l *lowering) resolve(a address) access {
	base := l.source(a.base)
	acc := access{at: base, base: base.Reg, writeback: ir.Imm(0)}
	switch {
	case a.indexed:
		index := l.source(a.index)
		switch {
		case a.extend.name == "SXTW":
			index = l.Compute(ir.ExtS, 8, index, ir.Imm(32))
		case a.extend.name == "UXTW" || a.index.size == 4:
			index = l.Compute(ir.Move, 4, index)
		}
		if a.extend.amount > 0 {
			index = l.Compute(ir.Shl, 8, index, ir.Imm(a.extend.amount))
		}
		acc.at = l.Compute(ir.Add, 8, base, index)
	case a.mode == after:
		acc.writeback = l.Compute(ir.Add, 8, base, ir.Imm(a.offset))
	case a.offset != 0 || a.mode == before:
		acc.at = l.Compute(ir.Add, 8, base, ir.Imm(a.offset))
		if a.mode == before {
			acc.writeback = acc.at
		}
	}
	return acc
}

// finish emits the write-back of the base register, if there is one.
func (l *lowering) finish(acc access) {
	if acc.writeback.Reg != ir.NoReg {
		l.ComputeTo(acc.base, ir.Move, 8, false, acc.writeback)
	}
}

// plus emits the address n bytes after at.
func (l *lowering) plus(at ir.Operand, n uint8) ir.Operand {
	return l.Compute(ir.Add, 8, at, ir.Imm(int64(n)))
}
