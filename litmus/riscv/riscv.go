// Package riscv reads and lowers the threads of RISC-V litmus tests.
//
// In goes the text of one instruction, out comes an [ir.Node] that prints it and emits its
// micro-operations. Instructions are those of RV32I, RV64I, M and A (The RISC-V Instruction Set Manual,
// volume I), with the assembler's pseudo-instructions. As in herd7, ordinary loads and stores may carry the
// annotations .aq and .rl that the manual gives to atomic instructions only.
//
// An atomic memory operation (AMO) is one event that both reads and writes, as RVWMO has it: one memory
// operation, one place in the global memory order, and its acquire and release bits order all of it. An AMO
// whose destination is x0 reads memory all the same.
package riscv

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// Dialect is RISC-V as an [ir.Dialect].
var Dialect ir.Dialect = dialect{}

type dialect struct{}

// accesses are the predecessor and successor sets of fences that have an event set of their own.
var accesses = []string{"r", "w", "rw"}

// tags are the event sets: one a kind of fence; X for the accesses of atomic instructions, EX for those of lr
// and sc among them; the ordering annotations. Sc is in models for compatibility: no event is in it.
var tags = func() []string {
	var list []string
	for _, p := range accesses {
		for _, s := range accesses {
			list = append(list, "Fence."+p+"."+s)
		}
	}
	return append(list, "Fence.tso", "Fence.i", "X", "EX", "Acq", "Rel", "AcqRel", "Sc")
}()

func (dialect) Name() string   { return "RISCV" }
func (dialect) Tags() []string { return tags }

// abi maps the names of the calling convention to registers.
var abi = func() map[string]string {
	m := map[string]string{"zero": "x0", "ra": "x1", "sp": "x2", "gp": "x3", "tp": "x4", "fp": "x8"}
	for i := range 32 {
		x := fmt.Sprintf("x%d", i)
		m[x] = x
		switch {
		case i >= 5 && i <= 7:
			m[fmt.Sprintf("t%d", i-5)] = x
		case i == 8 || i == 9:
			m[fmt.Sprintf("s%d", i-8)] = x
		case i >= 10 && i <= 17:
			m[fmt.Sprintf("a%d", i-10)] = x
		case i >= 18 && i <= 27:
			m[fmt.Sprintf("s%d", i-16)] = x
		case i >= 28:
			m[fmt.Sprintf("t%d", i-25)] = x
		}
	}
	return m
}()

// Register returns x0 … x31, under whichever name; a symbolic register, %name, is its own.
func (dialect) Register(name string) (string, bool) {
	if strings.HasPrefix(name, "%") && isIdentifier(name[1:]) {
		return name, true
	}
	x, ok := abi[strings.ToLower(name)]
	return x, ok
}

func (d dialect) Parse(text string, pos source.Pos) (ir.Node, error) {
	p := &parser{pos: pos}
	fields := strings.SplitN(strings.TrimSpace(text), " ", 2)
	if tab := strings.IndexAny(text, "\t\r\n"); tab >= 0 {
		return d.Parse(strings.Join(strings.Fields(text), " "), pos)
	}
	p.name = strings.ToLower(fields[0])
	if len(fields) == 2 && strings.TrimSpace(fields[1]) != "" {
		for _, o := range strings.Split(fields[1], ",") {
			p.operands = append(p.operands, strings.TrimSpace(o))
		}
	}
	n, err := p.instruction()
	if err != nil {
		return nil, err
	}
	return n, nil
}

func isIdentifier(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// parser reads one instruction's operands.
type parser struct {
	pos      source.Pos
	name     string
	operands []string
	err      error // the first thing wrong with an operand
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = source.Errorf(p.pos, "%s: %s", p.name, fmt.Sprintf(format, args...))
	}
}

// reg reads operand i as a register.
func (p *parser) reg(i int) string {
	r, ok := Dialect.Register(p.operands[i])
	if !ok {
		p.fail("%q is not a register", p.operands[i])
	}
	return r
}

// imm reads operand i as a constant.
func (p *parser) imm(i int) int64 {
	n, ok := source.Integer(p.operands[i])
	if !ok {
		p.fail("%q is not a constant", p.operands[i])
	}
	return n
}

// label reads operand i as a label, or as a distance, .+4.
func (p *parser) label(i int) string {
	s := p.operands[i]
	if !isIdentifier(s) {
		if len(s) > 2 && s[0] == '.' && (s[1] == '+' || s[1] == '-') {
			if _, err := strconv.Atoi(s[1:]); err == nil {
				return s
			}
		}
		p.fail("%q is not a label", s)
	}
	return s
}

// mem reads operand i as OFFSET(REGISTER).
func (p *parser) mem(i int) (base string, offset int64) {
	s := p.operands[i]
	before, inside, ok := strings.Cut(s, "(")
	inside, closed := strings.CutSuffix(inside, ")")
	if before = strings.TrimSpace(before); before != "" {
		n, isNumber := source.Integer(before)
		offset, ok = n, ok && isNumber
	}
	base, isReg := Dialect.Register(strings.TrimSpace(inside))
	if !ok || !closed {
		p.fail("expected an address such as 0(x5), found %q", s)
	} else if !isReg {
		p.fail("%q is not a register", strings.TrimSpace(inside))
	}
	return base, offset
}

// mem0 is mem for instructions without offset.
func (p *parser) mem0(i int) string {
	base, offset := p.mem(i)
	if offset != 0 {
		p.fail("the offset of an atomic access must be 0, found %d", offset)
	}
	return base
}
