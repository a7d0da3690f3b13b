package lower

import (
	"fmt"

	"github.com/weakmem/litmus/litmus/ir"
)

// riscv writes RISC-V, RV64. Registers hold words sign-extended, whatever their type, unless they are wide.
type riscv struct{}

func (riscv) dialect() string { return "RISCV" }

// x1 to x4 are those of calls, the stack, and the platform.
func (riscv) registers() []string {
	var names []string
	for i := 5; i < 32; i++ {
		names = append(names, fmt.Sprintf("x%d", i))
	}
	return names
}

func (riscv) view(register string, _ uint8) string { return register }

func (riscv) fixed(size uint8) []string {
	return []string{"{s}", map[uint8]string{1: "b", 2: "h", 4: "w", 8: "d"}[size]}
}

func (riscv) literal(n int64, _ uint8) (string, bool) { return "x0", n == 0 }

func (riscv) jump(label string) string { return "j " + label }

func (riscv) set(g *generator, dst int32, n int64, size uint8) {
	if size == 4 {
		n = int64(int32(n))
	}
	g.pure(fmt.Sprintf("li {0},%d", n), out(dst, size))
}

func (m riscv) move(g *generator, dst, src int32, size uint8) {
	if size == 4 && g.wide[src] {
		g.pure("sext.w {0},{1}", out(dst, 8), in(src, 8))
		return
	}
	g.emit(unit{text: "mv {0},{1}", args: []argument{out(dst, 8), in(src, 8)}, pure: true, copies: true})
}

func (m riscv) extend(g *generator, dst, src int32, size uint8, signed, loaded bool) {
	shift := 64 - 8*int(size)
	switch {
	case size == 4 && (signed || !g.wide[dst]):
		if !loaded {
			g.pure("sext.w {0},{1}", out(dst, 8), in(src, 8))
		}
	case signed && loaded: // lb and lh extend the sign
	case signed:
		g.pure(fmt.Sprintf("slli {0},{1},%d; srai {0},{0},%d", shift, shift), out(dst, 8), in(src, 8))
	case size == 1:
		g.pure("andi {0},{1},255", out(dst, 8), in(src, 8))
	default:
		g.pure(fmt.Sprintf("slli {0},{1},%d; srli {0},{0},%d", shift, shift), out(dst, 8), in(src, 8))
	}
}

// operand is a value in a register, as one of size bytes: a word is sign-extended.
func (m riscv) operand(g *generator, v value, size uint8) argument {
	r := g.inRegister(v, size)
	if size == 4 && g.wide[r] {
		word := g.register(4)
		g.pure("sext.w {0},{1}", out(word, 8), in(r, 8))
		r = word
	}
	return in(r, 8)
}

func (m riscv) compute(g *generator, dst int32, fn ir.Fn, size uint8, a, b value) bool {
	name, ok := map[ir.Fn]string{
		ir.Not: "not", ir.Neg: "neg", ir.Add: "add", ir.Sub: "sub", ir.And: "and", ir.Or: "or", ir.Xor: "xor", ir.Mul: "mul",
		ir.DivU: "divu", ir.DivS: "div", ir.RemU: "remu", ir.RemS: "rem", ir.Shl: "sll", ir.ShrU: "srl", ir.ShrS: "sra",
	}[fn]
	if !ok {
		return false
	}
	word := ""
	if size == 4 {
		word = "w"
	}
	x := m.operand(g, a, size)
	immediate := b.isNumber() && b.n >= -1<<11 && b.n < 1<<11
	switch fn {
	case ir.Not, ir.And, ir.Or, ir.Xor: // of sign-extended words these are sign-extended words
		word = ""
	case ir.Sub:
		if immediate && b.n != -1<<11 {
			name, b.n = "add", -b.n
		}
	case ir.Shl, ir.ShrU, ir.ShrS:
		immediate = b.isNumber() && b.n >= 0 && b.n < 8*int64(size)
	}
	switch {
	case fn == ir.Not || fn == ir.Neg:
		g.pure(name+word+" {0},{1}", out(dst, 8), x)
	case immediate && name != "sub" && name != "mul" && name[:3] != "div" && name[:3] != "rem":
		g.pure(fmt.Sprintf("%si%s {0},{1},%d", name, word, b.n), out(dst, 8), x)
	default:
		g.pure(name+word+" {0},{1},{2}", out(dst, 8), x, m.operand(g, b, size))
	}
	return true
}

func (m riscv) test(g *generator, dst int32, c condition) {
	a := m.operand(g, c.a, c.size)
	switch c.fn {
	case ir.Eq, ir.Ne:
		name := map[ir.Fn]string{ir.Eq: "seqz", ir.Ne: "snez"}[c.fn]
		if c.b != number(0) {
			difference := g.register(c.size)
			g.pure("xor {0},{1},{2}", out(difference, 8), a, m.operand(g, c.b, c.size))
			a = in(difference, 8)
		}
		g.pure(name+" {0},{1}", out(dst, 8), a)
		return
	}
	b := m.operand(g, c.b, c.size)
	name := map[ir.Fn]string{ir.LtS: "slt", ir.LtU: "sltu", ir.LeS: "slt", ir.LeU: "sltu"}[c.fn]
	if c.fn == ir.LtS || c.fn == ir.LtU {
		g.pure(name+" {0},{1},{2}", out(dst, 8), a, b)
		return
	}
	g.pure(name+" {0},{1},{2}; xori {0},{0},1", out(dst, 8), b, a)
}

func (m riscv) branch(g *generator, c condition, label string) {
	a := m.operand(g, c.a, c.size)
	text, args := "", []argument{a}
	name := map[ir.Fn]string{ir.Eq: "beq", ir.Ne: "bne", ir.LtS: "blt", ir.LtU: "bltu", ir.LeS: "bge", ir.LeU: "bgeu"}[c.fn]
	switch {
	case c.b == number(0) && (c.fn == ir.Eq || c.fn == ir.Ne):
		text = name + " {0},x0," + label
	case c.fn == ir.LeS || c.fn == ir.LeU: // a ≤ b is b ≥ a
		text, args = name+" {1},{0},"+label, append(args, m.operand(g, c.b, c.size))
	default:
		text, args = name+" {0},{1},"+label, append(args, m.operand(g, c.b, c.size))
	}
	g.emit(unit{text: text, args: args, target: label})
}

// choose branches: the base ISA has no conditional move.
func (m riscv) choose(g *generator, dst int32, c condition, a, b value, size uint8) {
	yes, no, result, end := m.operand(g, a, size), m.operand(g, b, size), g.register(size), g.newLabel()
	m.move(g, result, yes.reg, size)
	m.branch(g, c, end)
	m.move(g, result, no.reg, size)
	g.pending = append(g.pending, end)
	m.move(g, dst, result, size)
}
