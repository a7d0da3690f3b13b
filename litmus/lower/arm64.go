package lower

import (
	"fmt"

	"github.com/weakmem/litmus/litmus/ir"
)

// arm64 writes AArch64. What writes a W register clears the upper half.
type arm64 struct{}

func (arm64) dialect() string { return "AArch64" }

// X16 to X18 belong to linkers and platforms, X29 and X30 to calls (Procedure Call Standard, 6.1.1).
func (arm64) registers() []string {
	var names []string
	for i := range 29 {
		if i < 16 || i > 18 {
			names = append(names, fmt.Sprintf("X%d", i))
		}
	}
	return names
}

func (arm64) view(register string, size uint8) string {
	if size < 8 {
		return "W" + register[1:]
	}
	return register
}

func (arm64) fixed(size uint8) []string {
	return []string{
		"{s}", map[uint8]string{1: "B", 2: "H"}[size],
		"{x}", map[uint8]string{1: ",UXTB", 2: ",UXTH"}[size],
	}
}

func (m arm64) literal(n int64, size uint8) (string, bool) { return m.view("XZR", size), n == 0 }

func (arm64) jump(label string) string { return "B " + label }

// set moves 16 bits at a time, where one instruction does not do.
func (m arm64) set(g *generator, dst int32, n int64, size uint8) {
	if n >= -1<<16 && n < 1<<16 {
		g.pure(fmt.Sprintf("MOV {0},#%d", n), out(dst, size))
		return
	}
	text := fmt.Sprintf("MOVZ {0},#%d", n&0xffff)
	for at := 16; at < 8*int(size); at += 16 {
		if part := n >> at & 0xffff; part != 0 {
			text += fmt.Sprintf("; MOVK {0},#%d,LSL #%d", part, at)
		}
	}
	g.pure(text, out(dst, size))
}

func (arm64) move(g *generator, dst, src int32, size uint8) {
	g.emit(unit{text: "MOV {0},{1}", args: []argument{out(dst, size), in(src, size)}, pure: true, copies: true})
}

func (m arm64) extend(g *generator, dst, src int32, size uint8, signed, loaded bool) {
	to := width(g.wide[dst])
	letter := map[uint8]string{1: "B", 2: "H", 4: "W"}[size]
	switch {
	case signed && (size < 4 || to == 8):
		g.pure("SXT"+letter+" {0},{1}", out(dst, to), in(src, 4))
	case loaded:
	case size < 4:
		g.pure("UXT"+letter+" {0},{1}", out(dst, 4), in(src, 4))
	default:
		m.move(g, dst, src, 4)
	}
}

func (m arm64) compute(g *generator, dst int32, fn ir.Fn, size uint8, a, b value) bool {
	name, ok := map[ir.Fn]string{
		ir.Not: "MVN", ir.Neg: "NEG", ir.Add: "ADD", ir.Sub: "SUB", ir.And: "AND", ir.Or: "ORR", ir.Xor: "EOR",
		ir.Mul: "MUL", ir.DivU: "UDIV", ir.DivS: "SDIV", ir.RemU: "UDIV", ir.RemS: "SDIV",
		ir.Shl: "LSL", ir.ShrU: "LSR", ir.ShrS: "ASR",
	}[fn]
	if !ok {
		return false
	}
	x := in(g.inRegister(a, size), size)
	switch fn {
	case ir.Not, ir.Neg:
		g.pure(name+" {0},{1}", out(dst, size), x)
		return true
	case ir.RemU, ir.RemS:
		y, quotient := in(g.inRegister(b, size), size), g.register(size)
		g.pure(name+" {0},{1},{2}", out(quotient, size), x, y)
		g.pure("MSUB {0},{1},{2},{3}", out(dst, size), in(quotient, size), y, x)
		return true
	case ir.Add, ir.Sub, ir.Shl, ir.ShrU, ir.ShrS:
		limit := int64(1 << 12)
		if fn != ir.Add && fn != ir.Sub {
			limit = 8 * int64(size)
		}
		if b.isNumber() && b.n >= 0 && b.n < limit {
			g.pure(fmt.Sprintf("%s {0},{1},#%d", name, b.n), out(dst, size), x)
			return true
		}
	}
	g.pure(name+" {0},{1},{2}", out(dst, size), x, in(g.inRegister(b, size), size))
	return true
}

var arm64Conditions = map[ir.Fn]string{ir.Eq: "EQ", ir.Ne: "NE", ir.LtU: "CC", ir.LtS: "LT", ir.LeU: "LS", ir.LeS: "LE"}

func (m arm64) compare(g *generator, c condition) (string, []argument) {
	args := []argument{in(g.inRegister(c.a, c.size), c.size)}
	if c.b.isNumber() && c.b.n >= 0 && c.b.n < 1<<12 {
		return fmt.Sprintf("CMP {0},#%d", c.b.n), args
	}
	return "CMP {0},{1}", append(args, in(g.inRegister(c.b, c.size), c.size))
}

func (m arm64) test(g *generator, dst int32, c condition) {
	text, args := m.compare(g, c)
	g.pure(fmt.Sprintf("%s; CSET {%d},%s", text, len(args), arm64Conditions[c.fn]), append(args, out(dst, 4))...)
}

func (m arm64) branch(g *generator, c condition, label string) {
	if c.b == number(0) && (c.fn == ir.Eq || c.fn == ir.Ne) {
		name := map[ir.Fn]string{ir.Eq: "CBZ", ir.Ne: "CBNZ"}[c.fn]
		g.emit(unit{text: name + " {0}," + label, args: []argument{in(g.inRegister(c.a, c.size), c.size)}, target: label})
		return
	}
	text, args := m.compare(g, c)
	g.emit(unit{text: text + "; B." + arm64Conditions[c.fn] + " " + label, args: args, target: label})
}

func (m arm64) choose(g *generator, dst int32, c condition, a, b value, size uint8) {
	yes, no := g.inRegister(a, size), g.inRegister(b, size)
	text, args := m.compare(g, c)
	n := len(args)
	g.pure(fmt.Sprintf("%s; CSEL {%d},{%d},{%d},%s", text, n, n+1, n+2, arm64Conditions[c.fn]),
		append(args, out(dst, size), in(yes, size), in(no, size))...)
}
