package random

import (
	"fmt"
	"strings"
)

// listedA64 computes with X0 to X5. X6 and X7 hold addresses that change, X10 to X13 those of x, y, a and p; X8 is an index, X9 an
// address to use at once, X14 the counter of a loop, X15 the status of store-exclusives.
var listedA64 = processor{
	sizes: []int{1, 2, 4, 8}, data: []string{"0", "1", "2", "3", "4", "5"}, addresses: []string{"6", "7"},
	named: func(register string) string { return "X" + register },
	fixed: func(l *listing, thread int) {
		for i, name := range []string{"x", "y", "a", "p"} {
			if name != "p" || !l.mixed {
				l.table.init = append(l.table.init, fmt.Sprintf("%d:X%d=%s;", thread, 10+i, name))
			}
		}
		status := fmt.Sprintf("%d:X15", thread)
		l.table.init = append(l.table.init, status+"=0;")
		l.observe(status)
	},
	compute: computeA64,
	access:  accessA64,
	pointer: func(l *listing, address string) {
		switch l.one("load", "store", "swap") {
		case "load":
			l.emit("%s X%s,[X13]", l.one("LDR", "LDAR", "LDAPR"), address)
		case "store":
			l.emit("%s X%s,[X13]", l.one("STR", "STLR"), address)
		case "swap":
			l.emit("%s X%s,X%s,[X13]", l.one("SWP", "SWPA", "SWPL", "SWPAL"), address, address)
		}
	},
	index: func(l *listing, elements int) { l.emit("AND X8,X%s,#%d", l.register(), elements-1) },
	jump: func(l *listing, label string) {
		r := l.one("W", "X") + l.register()
		switch l.one("flags", "compare", "zero", "bit") {
		case "flags":
			l.emit("B.%s %s", l.one(a64Conditions...), label)
		case "compare":
			l.emit("%s %s,#%d", l.one("CMP", "CMN"), r, l.upTo(5))
			l.emit("B.%s %s", l.one(a64Conditions...), label)
		case "zero":
			l.emit("%s %s,%s", l.one("CBZ", "CBNZ"), r, label)
		case "bit":
			l.emit("%s %s,#%d,%s", l.one("TBZ", "TBNZ"), r, l.upTo(31), label)
		}
	},
	count: func(l *listing) { l.emit("MOV X14,#2") },
	loop: func(l *listing, label string) {
		l.emit("SUB X14,X14,#1")
		l.emit("CBNZ X14,%s", label)
	},
}

var a64Conditions = []string{"EQ", "NE", "CS", "CC", "MI", "PL", "VS", "VC", "HI", "LS", "GE", "LT", "GT", "LE"}

// computations have d, n, m for registers of one width, i for a small constant, s for a count of bits, c for a condition. The rest is as
// it stands.
var computations = []string{
	"ADD d,n,m", "ADDS d,n,m", "SUB d,n,m", "SUBS d,n,m", "AND d,n,m", "ANDS d,n,m", "ORR d,n,m", "EOR d,n,m", "BIC d,n,m", "BICS d,n,m",
	"ORN d,n,m", "EON d,n,m", "ADC d,n,m", "ADCS d,n,m", "SBC d,n,m", "SBCS d,n,m", "MUL d,n,m", "MNEG d,n,m", "UDIV d,n,m", "SDIV d,n,m",
	"LSL d,n,m", "LSR d,n,m", "ASR d,n,m", "ROR d,n,m", "MADD d,n,m,d", "MSUB d,n,m,n",
	"ADD d,n,m,LSL #s", "SUBS d,n,m,LSR #s", "AND d,n,m,ASR #s", "EOR d,n,m,ROR #s", "ORN d,n,m,LSL #s", "CMP n,m,LSL #s",
	"ADD d,n,#i", "ADDS d,n,#i", "SUB d,n,#i", "SUBS d,n,#i", "AND d,n,#60", "ORR d,n,#6", "EOR d,n,#1", "ANDS d,n,#255",
	"CMP n,m", "CMN n,m", "TST n,m", "CMP n,#i", "CMN n,#i", "TST n,#3", "CCMP n,m,#i,c", "CCMN n,#i,#5,c",
	"MOV d,n", "MOV d,#i", "MOV d,#-1", "MOVZ d,#i,LSL #16", "MOVN d,#i", "MOVK d,#i,LSL #16", "MOVK d,#i",
	"MVN d,n", "NEG d,n", "NEGS d,n", "CLZ d,n", "CLS d,n", "RBIT d,n", "REV d,n", "REV16 d,n",
	"CSEL d,n,m,c", "CSINC d,n,m,c", "CSINV d,n,m,c", "CSNEG d,n,m,c", "CSET d,c", "CSETM d,c", "CINC d,n,c", "CINV d,n,c", "CNEG d,n,c",
	"LSL d,n,#s", "LSR d,n,#s", "ASR d,n,#s", "ROR d,n,#s", "EXTR d,n,m,#s", "UBFX d,n,#s,#1", "SBFX d,n,#3,#s", "BFI d,n,#1,#s",
	"BFXIL d,n,#s,#1", "UBFIZ d,n,#s,#1", "SBFIZ d,n,#1,#s",
	"SMULL X0,W1,W2", "UMULL X1,W2,W3", "SMADDL X2,W3,W4,X5", "UMSUBL X3,W4,W5,X0", "SMULH X4,X5,X0", "UMULH X5,X0,X1",
	"UXTB W0,W1", "UXTH W1,W2", "SXTB X2,W3", "SXTH W3,W4", "SXTW X4,W5", "ADD X5,X0,W1,SXTW #2", "SUB X0,X1,W2,UXTB", "REV32 X1,X2",
	"DMB SY", "DMB LD", "DMB ST", "DMB ISH", "DSB SY", "ISB", "NOP",
}

func computeA64(l *listing) {
	width, bits := "W", 28
	if l.upTo(1) == 0 {
		width, bits = "X", 60
	}
	var b strings.Builder
	mnemonic, operands, _ := strings.Cut(l.one(computations...), " ")
	for _, c := range operands {
		switch c {
		case 'd', 'n', 'm':
			b.WriteString(width + l.register())
		case 'i':
			fmt.Fprint(&b, l.upTo(15))
		case 's':
			fmt.Fprint(&b, 1+l.upTo(bits-1))
		case 'c':
			b.WriteString(l.one(a64Conditions...))
		default:
			b.WriteRune(c)
		}
	}
	l.emit("%s", strings.TrimSpace(mnemonic+" "+b.String()))
}

// address is the operand for a place; simple ones, which most instructions have only, are a register.
func (at place) address(l *listing, simple bool) string {
	base := map[string]string{"": at.register, "x": "10", "y": "11", "a": "12"}[at.variable]
	scale := map[int]int{1: 0, 2: 1, 4: 2, 8: 3}[at.size]
	switch {
	case at.index && simple:
		l.emit("ADD X9,X%s,X8,LSL #%d", base, scale)
		return "[X9]"
	case at.index:
		return fmt.Sprintf("[X%s,%s #%d]", base, l.one("X8,LSL", "W8,UXTW", "W8,SXTW"), scale)
	case at.offset == 0:
		return fmt.Sprintf("[X%s]", base)
	case simple:
		l.emit("ADD X9,X%s,#%d", base, at.offset)
		return "[X9]"
	}
	return fmt.Sprintf("[X%s,#%d]", base, at.offset)
}

func accessA64(l *listing, at place) {
	letter := map[int]string{1: "B", 2: "H"}[at.size]
	width := "W"
	if at.size == 8 {
		width = "X"
	}
	register := func() string { return width + l.register() }
	order := func() string { return l.one("", "A", "L", "AL") }
	kinds := []string{"load", "load", "signed", "acquire", "store", "store", "release", "swap", "update", "compare"}
	if !l.mixed { // a store-exclusive may fail, even in a thread alone
		kinds = append(kinds, "exclusive")
	}
	switch kind := l.one(kinds...); {
	case kind == "load" || kind == "signed" && at.size == 8:
		m := at.address(l, false)
		l.emit("LDR%s %s,%s", letter, register(), m)
	case kind == "signed":
		m := at.address(l, false)
		if at.size == 4 {
			l.emit("LDRSW X%s,%s", l.register(), m)
			return
		}
		l.emit("LDRS%s %s%s,%s", letter, l.one("W", "X"), l.register(), m)
	case kind == "acquire":
		m := at.address(l, true)
		l.emit("%s%s %s,%s", l.one("LDAR", "LDAPR", "LDXR", "LDAXR"), letter, register(), m)
	case kind == "store":
		m := at.address(l, false)
		l.emit("STR%s %s,%s", letter, register(), m)
	case kind == "release":
		m := at.address(l, true)
		l.emit("STLR%s %s,%s", letter, register(), m)
	case kind == "swap":
		m := at.address(l, true)
		l.emit("SWP%s%s %s,%s,%s", order(), letter, register(), register(), m)
	case kind == "update":
		m := at.address(l, true)
		operation := l.one("ADD", "CLR", "EOR", "SET", "SMAX", "SMIN", "UMAX", "UMIN")
		if l.upTo(3) == 0 {
			l.emit("ST%s%s%s %s,%s", operation, l.one("", "L"), letter, register(), m)
			return
		}
		l.emit("LD%s%s%s %s,%s,%s", operation, order(), letter, register(), register(), m)
	case kind == "compare":
		m := at.address(l, true)
		l.emit("CAS%s%s %s,%s,%s", order(), letter, register(), register(), m)
	case kind == "exclusive":
		m := at.address(l, true)
		l.emit("%s%s %s,%s", l.one("LDXR", "LDAXR"), letter, register(), m)
		l.emit("%s%s W15,%s,%s", l.one("STXR", "STLXR"), letter, register(), m)
	}
}
