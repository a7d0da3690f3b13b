package lower

import (
	"fmt"
	"math/bits"

	"github.com/weakmem/litmus/litmus/ir"
)

// amd64 writes X86_64. The accumulator is what compare-exchanges work on, and rcx what shifts count by: neither is allocated.
type amd64 struct{}

func (amd64) dialect() string { return "X86_64" }

func (amd64) registers() []string {
	return []string{"rdi", "rsi", "rdx", "rbx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rbp"}
}

func (amd64) view(register string, size uint8) string {
	letters := register[1:]
	switch {
	case register[1] >= '0' && register[1] <= '9':
		register += map[uint8]string{1: "b", 2: "w", 4: "d", 8: ""}[size]
	case size == 1 && (letters == "ax" || letters == "bx" || letters == "cx" || letters == "dx"):
		register = letters[:1] + "l"
	case size == 1:
		register = letters + "l"
	case size == 2:
		register = letters
	case size == 4:
		register = "e" + letters
	}
	return "%" + register
}

func (amd64) suffix(size uint8) string { return map[uint8]string{1: "b", 2: "w", 4: "l", 8: "q"}[size] }

func (m amd64) fixed(size uint8) []string {
	whole := max(size, 4)
	return []string{"{s}", m.suffix(size), "{r}", m.suffix(whole), "{acc}", m.view("rax", size), "{acc.r}", m.view("rax", whole)}
}

func (amd64) literal(n int64, size uint8) (string, bool) {
	return fmt.Sprintf("$%d", n), int64(int32(n)) == n || size < 8
}

func (amd64) jump(label string) string { return "jmp " + label }

func (m amd64) set(g *generator, dst int32, n int64, size uint8) {
	name := "mov" + m.suffix(size)
	if size == 8 && int64(int32(n)) != n {
		name = "movabs"
	}
	g.pure(fmt.Sprintf("%s $%d,{0}", name, n), out(dst, size))
}

func (m amd64) move(g *generator, dst, src int32, size uint8) {
	g.emit(unit{text: "mov" + m.suffix(size) + " {1},{0}", args: []argument{out(dst, size), in(src, size)}, pure: true, copies: true})
}

func (m amd64) extend(g *generator, dst, src int32, size uint8, signed, loaded bool) {
	letter := "z"
	if signed {
		letter = "s"
	}
	switch {
	case size < 4:
		to := width(g.wide[dst] && signed) // what writes 32 bits clears the upper half
		g.pure(fmt.Sprintf("mov%s%s%s {1},{0}", letter, m.suffix(size), m.suffix(to)), out(dst, to), in(src, size))
	case g.wide[dst] && signed:
		g.pure("movslq {1},{0}", out(dst, 8), in(src, 4))
	case !loaded:
		m.move(g, dst, src, 4)
	}
}

// source is a value as a source operand.
func (m amd64) source(g *generator, v value, size uint8) (text string, args []argument) {
	if text, ok := m.literal(v.n, size); v.isNumber() && ok {
		return text, nil
	}
	return "{1}", []argument{in(g.inRegister(v, size), size)}
}

func (m amd64) compute(g *generator, dst int32, fn ir.Fn, size uint8, a, b value) bool {
	name, ok := map[ir.Fn]string{
		ir.Not: "not", ir.Neg: "neg", ir.Add: "add", ir.Sub: "sub", ir.And: "and", ir.Or: "or", ir.Xor: "xor",
		ir.Mul: "shl", ir.Shl: "shl", ir.ShrU: "shr", ir.ShrS: "sar",
	}[fn]
	if !ok {
		return false
	}
	if fn == ir.Mul {
		if a.isNumber() {
			a, b = b, a
		}
		if !b.isNumber() || b.n <= 0 || bits.OnesCount64(uint64(b.n)) != 1 {
			return false
		}
		b = number(int64(bits.TrailingZeros64(uint64(b.n))))
	}
	// The destination is the first source as well.
	to := dst
	if b.reg == dst && !b.isNumber() {
		to = g.register(size)
	}
	if a.isNumber() {
		m.set(g, to, a.n, size)
	} else {
		m.move(g, to, a.reg, size)
	}
	s := m.suffix(size)
	switch {
	case fn == ir.Not || fn == ir.Neg:
		g.pure(name+s+" {0}", both(to, size))
	case (fn == ir.Shl || fn == ir.ShrU || fn == ir.ShrS) && !b.isNumber():
		g.pure("movl {1},%ecx; "+name+s+" %cl,{0}", both(to, size), in(b.reg, 4))
	default:
		text, args := m.source(g, b, size)
		g.pure(name+s+" "+text+",{0}", append([]argument{both(to, size)}, args...)...)
	}
	if to != dst {
		m.move(g, dst, to, size)
	}
	return true
}

var amd64Conditions = map[ir.Fn]string{ir.Eq: "e", ir.Ne: "ne", ir.LtU: "b", ir.LtS: "l", ir.LeU: "be", ir.LeS: "le"}

// compare is the text and the arguments that set the flags for a condition.
func (m amd64) compare(g *generator, c condition) (string, []argument) {
	a := g.inRegister(c.a, c.size)
	text, args := m.source(g, c.b, c.size)
	return "cmp" + m.suffix(c.size) + " " + text + ",{0}", append([]argument{in(a, c.size)}, args...)
}

func (m amd64) test(g *generator, dst int32, c condition) {
	// The register is cleared first: set writes its low byte only.
	text, args := m.compare(g, c)
	n := len(args)
	g.emit(unit{
		text: fmt.Sprintf("movl $0,{%d}; %s; set%s {%d}", n, text, amd64Conditions[c.fn], n+1),
		args: append(args, out(dst, 4), out(dst, 1)), pure: true, early: true,
	})
}

func (m amd64) branch(g *generator, c condition, label string) {
	text, args := m.compare(g, c)
	g.emit(unit{text: text + "; j" + amd64Conditions[c.fn] + " " + label, args: args, target: label})
}

func (m amd64) choose(g *generator, dst int32, c condition, a, b value, size uint8) {
	yes, result := g.inRegister(a, size), g.register(size)
	if b.isNumber() {
		m.set(g, result, b.n, size)
	} else {
		m.move(g, result, b.reg, size)
	}
	text, args := m.compare(g, c)
	n := len(args)
	g.pure(fmt.Sprintf("%s; cmov%s%s {%d},{%d}", text, amd64Conditions[c.fn], m.suffix(size), n, n+1),
		append(args, in(yes, size), both(result, size))...)
	m.move(g, dst, result, size)
}
