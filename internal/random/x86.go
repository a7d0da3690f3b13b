package random

import "strings"

// x86 is both X86 dialects. A store or an add that is sequentially consistent
// is a locked instruction. Dependencies order nothing there, but carry values.
var x86 = dialect{
	orders: map[Kind][]Order{
		Load: {Plain}, Store: {Plain, SeqCst}, Fence: {Plain},
		Exchange: {SeqCst}, Add: {Plain, SeqCst}, CompareExchange: {SeqCst},
	},
	fences:  []string{"mfence", "mfence", "lfence", "sfence"},
	full:    "mfence",
	depends: []Dependency{Value, Data, Control, Guard},
	write: func(p *Program) string {
		s := x86Syntax{wide: p.Dialect == "X86_64"}
		return assemble(p,
			func(int, int) string { return "" },
			func(id int) string { return s.result(id, true) },
			s.instructions)
	},
}

// x86Syntax is Intel's order of operands for X86, AT&T's for X86_64.
type x86Syntax struct{ wide bool }

// result names a result's register, as conditions do or as instructions do.
func (s x86Syntax) result(id int, inCondition bool) string {
	r := []string{"BX", "CX", "DX", "SI", "BP"}[id]
	if !s.wide {
		return "E" + r
	}
	if inCondition {
		return "r" + strings.ToLower(r)
	}
	return "%e" + strings.ToLower(r)
}

// two emits a two-operand instruction on 32 bits.
func (s x86Syntax) two(c *column, mnemonic, dst, src string) {
	if s.wide {
		c.emit("%sl %s,%s", strings.ToLower(mnemonic), src, dst)
	} else {
		c.emit("%s %s,%s", mnemonic, dst, src)
	}
}

func (s x86Syntax) instructions(c *column, op *Op) {
	result, from, loc, scratch, eax := s.result(op.ID, false), s.result(op.From, false), "["+c.p.Name(op.Loc)+"]", "EDI", "EAX"
	lower := func(m string) string { return m }
	if s.wide {
		loc, scratch, eax = "("+c.p.Name(op.Loc)+")", "%edi", "%eax"
		lower = strings.ToLower
	}
	end := ""
	switch op.Via {
	case Control, Guard:
		end = c.label()
		s.two(c, "CMP", from, immediate(op.When))
		c.emit("%s %s", lower("JNE"), end)
		if op.Via == Control {
			c.emit("%s:", end)
		}
	}
	switch op.Kind {
	case Load:
		s.two(c, "MOV", result, loc)
	case Store:
		value := immediate(op.Value)
		switch {
		case op.Via == Value:
			value = from
		case op.Via == Data:
			s.two(c, "MOV", scratch, from)
			s.two(c, "XOR", scratch, scratch)
			s.two(c, "ADD", scratch, value)
			value = scratch
		}
		if op.Order == Plain {
			s.two(c, "MOV", loc, value)
			break
		}
		if value != scratch {
			s.two(c, "MOV", scratch, value)
		}
		s.two(c, "XCHG", loc, scratch)
	case Fence:
		c.emit("%s", lower(strings.ToUpper(op.Fence)))
	case Exchange:
		s.two(c, "MOV", result, immediate(op.Value))
		s.two(c, "XCHG", loc, result)
	case Add:
		s.two(c, "MOV", result, immediate(op.Value))
		if op.Order == Plain {
			s.two(c, "XADD", loc, result)
		} else {
			s.two(c, lower("LOCK")+" XADD", loc, result)
		}
	case CompareExchange:
		s.two(c, "MOV", eax, immediate(op.Expect))
		s.two(c, "MOV", scratch, immediate(op.Value))
		s.two(c, lower("LOCK")+" CMPXCHG", loc, scratch)
		s.two(c, "MOV", result, eax)
	}
	if op.Via == Guard {
		c.emit("%s:", end)
	}
}
