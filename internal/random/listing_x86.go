package random

import (
	"fmt"
	"strings"
)

// listed is a dialect of x86; wide is X86_64.
func listed(wide bool) *processor {
	s := x86Syntax{wide}
	p := &processor{
		sizes: []int{1, 2, 4}, data: []string{"AX", "BX", "CX", "DX"}, addresses: []string{"SI"},
		named: func(register string) string { return strings.TrimPrefix(s.part(register, 4), "%") },
	}
	if wide {
		p.sizes = append(p.sizes, 8)
		p.data, p.addresses = append(p.data, "8", "10"), append(p.addresses, "9")
		p.named = func(register string) string { return strings.TrimPrefix(s.part(register, 8), "%") }
	}
	p.compute, p.access, p.pointer, p.index = s.compute, s.access, s.pointer, s.index
	p.jump, p.loop, p.count = s.jump, s.loop, s.count
	return p
}

var x86Conditions = []string{"E", "NE", "L", "GE", "LE", "G", "B", "AE", "BE", "A", "S", "NS", "O", "NO"}

// part is the part of a register of so many bytes: AX, or one by number.
func (s x86Syntax) part(register string, size int) string {
	name := register
	switch numbered := register[0] <= '9'; {
	case numbered:
		name = "R" + register + map[int]string{1: "B", 2: "W", 4: "D", 8: ""}[size]
	case size == 1:
		name = register[:1] + "L"
		if register[1] != 'X' {
			name = register + "L"
		}
	case size > 2:
		name = map[int]string{4: "E", 8: "R"}[size] + register
	}
	if s.wide {
		return "%" + strings.ToLower(name)
	}
	return name
}

// sized emits an instruction of so many bytes, with one operand or two, the destination first.
func (s x86Syntax) sized(l *listing, mnemonic string, size int, operands ...string) {
	s.bare(l, mnemonic+map[int]string{1: "B", 2: "W", 4: "L", 8: "Q"}[size], operands...)
}

func (s x86Syntax) bare(l *listing, mnemonic string, operands ...string) {
	if s.wide {
		mnemonic = strings.ToLower(mnemonic)
		if len(operands) == 2 {
			operands[0], operands[1] = operands[1], operands[0]
		}
	}
	l.emit("%s %s", mnemonic, strings.Join(operands, ","))
}

// source is a register, or a constant.
func (s x86Syntax) source(l *listing, size int) string {
	if l.upTo(1) == 0 {
		return s.part(l.register(), size)
	}
	return fmt.Sprintf("$%d", l.constant(min(size, 4)))
}

func (s x86Syntax) compute(l *listing) {
	size := l.width()
	d := s.part(l.register(), size)
	condition := l.one(x86Conditions...)
	switch l.one("two", "two", "one", "shift", "extend", "condition", "exchange", "address", "high", "fence") {
	case "two":
		s.sized(l, l.one("MOV", "ADD", "OR", "AND", "SUB", "XOR", "CMP", "TEST"), size, d, s.source(l, size))
	case "one":
		s.sized(l, l.one("INC", "DEC", "NOT", "NEG"), size, d)
	case "shift":
		s.shift(l, size, d)
	case "extend":
		if from := l.width(); from < size && (from < 4 || s.wide) {
			s.extend(l, from, size, s.part(l.register(), from))
		}
	case "condition":
		if size == 1 {
			s.bare(l, "SET"+condition, d)
		} else {
			s.sized(l, "CMOV"+condition, size, d, s.part(l.register(), size))
		}
	case "exchange":
		s.sized(l, l.one("XCHG", "XADD", "CMPXCHG"), size, d, s.part(l.register(), size))
	case "address":
		if size >= 4 {
			word := l.sizes[len(l.sizes)-1]
			s.sized(l, "LEA", size, d, s.sum(s.part(l.register(), word), s.part(l.register(), word), 1<<l.upTo(3), int(l.constant(2))))
		}
	case "high":
		high, low := l.one("AH", "BH", "CH", "DH"), l.one("AL", "BL", "CL", "DL", "AH", "BH", "CH", "DH")
		if s.wide {
			high, low = "%"+strings.ToLower(high), "%"+strings.ToLower(low)
		}
		s.sized(l, l.one("MOV", "ADD", "XCHG", "SUB", "XADD"), 1, high, low)
	case "fence":
		mnemonic := l.one("MFENCE", "LFENCE", "SFENCE", "PAUSE", "NOP")
		if s.wide {
			mnemonic = strings.ToLower(mnemonic)
		}
		l.emit("%s", mnemonic)
	}
}

// shift emits a shift, and an instruction that sets the flags that it leaves undefined.
func (s x86Syntax) shift(l *listing, size int, d string) {
	width := 8 * size
	count := fmt.Sprintf("$%d", 1+l.upTo(width-2))
	defined := []string{"E", "NE", "S", "NS", "B", "AE", "BE", "A"}
	if l.upTo(1) == 0 {
		count, defined = map[bool]string{true: "%cl", false: "CL"}[s.wide], nil
	}
	s.sized(l, l.one("SHL", "SHR", "SAR"), size, d, count)
	if defined != nil && l.upTo(1) == 0 {
		s.bare(l, "SET"+l.one(defined...), s.part(l.register(), 1))
	}
	s.sized(l, "TEST", size, d, d)
}

func (s x86Syntax) extend(l *listing, from, size int, source string) {
	d := s.part(l.register(), size)
	letters := map[int]string{1: "B", 2: "W", 4: "L", 8: "Q"}
	family := "MOVS"
	if from < 4 {
		family = l.one("MOVS", "MOVZ")
	}
	s.bare(l, family+letters[from]+letters[size], d, source)
}

// sum is the memory operand base + index×scale + offset.
func (s x86Syntax) sum(base, index string, scale, offset int) string {
	if s.wide {
		return fmt.Sprintf("%d(%s,%s,%d)", offset, base, index, scale)
	}
	return fmt.Sprintf("[%s+%s*%d%+d]", base, index, scale, offset)
}

// memory is the operand that a place is.
func (s x86Syntax) memory(at place) string {
	word := map[bool]int{true: 8, false: 4}[s.wide]
	switch {
	case at.index && s.wide:
		return fmt.Sprintf("%s(,%s,%d)", at.variable, s.part("DI", word), at.size)
	case at.index:
		return fmt.Sprintf("[%s+%s*%d]", at.variable, s.part("DI", word), at.size)
	case at.register != "" && s.wide:
		return fmt.Sprintf("%d(%s)", at.offset, s.part(at.register, word))
	case at.register != "":
		return fmt.Sprintf("[%s%+d]", s.part(at.register, word), at.offset)
	case s.wide:
		return fmt.Sprintf("%s+%d(%%rip)", at.variable, at.offset)
	}
	return fmt.Sprintf("[%s+%d]", at.variable, at.offset)
}

func (s x86Syntax) access(l *listing, at place) {
	m, size := s.memory(at), at.size
	r := s.part(l.register(), size)
	lock := l.one("", "LOCK ")
	switch l.one("load", "load", "store", "store", "update", "one", "exchange", "compare", "extend", "condition") {
	case "load":
		s.sized(l, l.one("MOV", "MOV", "ADD", "OR", "AND", "SUB", "XOR", "CMP"), size, r, m)
	case "store":
		s.sized(l, "MOV", size, m, s.source(l, size))
	case "update":
		s.sized(l, lock+l.one("ADD", "OR", "AND", "SUB", "XOR"), size, m, s.source(l, size))
	case "one":
		s.sized(l, lock+l.one("INC", "DEC", "NOT", "NEG"), size, m)
	case "exchange":
		s.sized(l, lock+l.one("XCHG", "XADD", "CMPXCHG"), size, m, r)
	case "compare":
		s.sized(l, l.one("TEST", "CMP"), size, m, s.source(l, size))
	case "extend":
		if to := l.width(); to > size && (size < 4 || s.wide) {
			s.extend(l, size, to, m)
		}
	case "condition":
		if size == 1 {
			s.bare(l, "SET"+l.one(x86Conditions...), m)
		} else {
			s.sized(l, "CMOV"+l.one(x86Conditions...), size, r, m)
		}
	}
}

func (s x86Syntax) pointer(l *listing, address string) {
	size := map[bool]int{true: 8, false: 4}[s.wide]
	p, r := s.memory(place{variable: "p"}), s.part(address, size)
	switch l.one("load", "store", "exchange") {
	case "load":
		s.sized(l, "MOV", size, r, p)
	case "store":
		s.sized(l, "MOV", size, p, r)
	case "exchange":
		s.sized(l, "XCHG", size, p, r)
	}
}

func (s x86Syntax) index(l *listing, elements int) {
	s.sized(l, "MOV", 4, s.part("DI", 4), s.part(l.register(), 4))
	s.sized(l, "AND", 4, s.part("DI", 4), fmt.Sprintf("$%d", elements-1))
}

func (s x86Syntax) jump(l *listing, label string) {
	if l.upTo(3) > 0 {
		size := l.width()
		s.sized(l, l.one("CMP", "TEST", "SUB", "ADD"), size, s.part(l.register(), size), s.source(l, size))
	}
	s.bare(l, "J"+l.one(x86Conditions...), label)
}

func (s x86Syntax) count(l *listing) { s.sized(l, "MOV", 4, s.part("BP", 4), "$2") }

func (s x86Syntax) loop(l *listing, label string) {
	s.sized(l, "DEC", 4, s.part("BP", 4))
	s.bare(l, "JNE", label)
}
