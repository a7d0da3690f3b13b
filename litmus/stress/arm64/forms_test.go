package arm64

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// form is an opcode with a shape that its operands can have.
type form struct {
	op    Opcode
	slots []slot
}

// edges are the form's instructions with every operand at each of its limits, another one for each operand at a time.
func (f form) edges() []Instruction {
	count := 1
	for _, s := range f.slots {
		count = max(count, len(s.edges))
	}
	var all []Instruction
	for k := range count {
		operands := make([]Operand, len(f.slots))
		for i, s := range f.slots {
			operands[i] = s.edges[(k+i)%len(s.edges)]
		}
		all = append(all, New(f.op, operands...))
	}
	return slices.DeleteFunc(all, unpredictable)
}

// drawn draws an instruction of any form.
func drawn() *rapid.Generator[Instruction] {
	all := forms()
	return rapid.Custom(func(t *rapid.T) Instruction {
		f := rapid.SampledFrom(all).Draw(t, "form")
		operands := make([]Operand, len(f.slots))
		for i, s := range f.slots {
			operands[i] = s.draw.Draw(t, "operand")
		}
		return New(f.op, operands...)
	}).Filter(func(in Instruction) bool { return !unpredictable(in) })
}

// unpredictable reports whether registers of in coincide where that may be CONSTRAINED UNPREDICTABLE.
func unpredictable(in Instruction) bool {
	mnemonic := string(in.Op)
	var numbers []uint32
	writeback := false
	for _, o := range in.Operands {
		switch o := o.(type) {
		case Register:
			numbers = append(numbers, o.number())
		case Memory:
			writeback = o.Mode != Offset
			if o.Base != SP {
				numbers = append(numbers, o.Base.number())
			}
		}
	}
	pair := strings.HasSuffix(mnemonic, "p") && strings.HasPrefix(mnemonic, "ld") || mnemonic == "ldpsw"
	if !writeback && !pair && !strings.HasPrefix(mnemonic, "stx") && !strings.HasPrefix(mnemonic, "stlx") {
		return false
	}
	slices.Sort(numbers)
	return len(slices.Compact(slices.Clone(numbers))) < len(numbers)
}

// forms is every opcode with every shape of its operands.
func forms() []form {
	var all []form
	add := func(op string, slots ...slot) { all = append(all, form{Opcode(op), slots}) }
	for _, w := range []width{W, X} {
		addDataForms(add, w)
		addMemoryForms(add, w)
		addAtomicForms(add, w)
	}
	addBranchForms(add)
	addSystemForms(add)
	return all
}

func addDataForms(add func(string, ...slot), w width) {
	last := int(w.bits() - 1)
	arithmeticShifts := modifiers(0, last, 1, LSL, LSR, ASR)
	logicalShifts := modifiers(0, last, 1, LSL, LSR, ASR, ROR)
	amounts := steps(0, int64(last), 1)
	for _, name := range []string{"add", "sub"} {
		add(name, w.stacked(3), w.stacked(4), steps(0, 4095, 1))
		add(name, w.stacked(3), w.stacked(4), steps(-4095, -1, 1))
		add(name, w.stacked(3), w.stacked(4), steps(4096, 0xfff000, 4096))
		add(name, w.stacked(3), w.stacked(4), steps(0, 4095, 1), modifiers(0, 12, 12, LSL))
		add(name+"s", w.reg(3), w.stacked(4), steps(0, 4095, 1))
		add(name+"s", w.reg(3), w.stacked(4), steps(-4095, -1, 1))
		add(name, w.stackOnly(), w.stacked(4), w.reg(5))
		add(name, w.stacked(3), w.stackOnly(), w.reg(5), modifiers(0, 4, 1, LSL))
		add(name+"s", w.reg(3), w.stackOnly(), w.reg(5))
	}
	for _, name := range []string{"add", "adds", "sub", "subs"} {
		d := w.stacked(3)
		if strings.HasSuffix(name, "s") {
			d = w.reg(3)
		}
		add(name, w.reg(3), w.reg(4), w.reg(5))
		add(name, w.reg(3), w.reg(4), w.reg(5), arithmeticShifts)
		add(name, d, w.stacked(4), width(W).reg(5), modifiers(0, 4, 1, UXTB, UXTH, UXTW, SXTB, SXTH, SXTW))
		if w.bits() == 64 {
			add(name, d, w.stacked(4), w.reg(5), modifiers(0, 4, 1, UXTX, SXTX))
		}
	}
	for _, name := range []string{"cmp", "cmn"} {
		add(name, w.stacked(3), steps(0, 4095, 1))
		add(name, w.stacked(3), steps(-4095, -1, 1))
		add(name, w.reg(3), w.reg(4))
		add(name, w.reg(3), w.reg(4), arithmeticShifts)
		add(name, w.stacked(3), width(W).reg(4), modifiers(0, 4, 1, UXTB, SXTW))
		add(name, w.stackOnly(), w.reg(4))
	}
	for _, name := range []string{"neg", "negs"} {
		add(name, w.reg(3), w.reg(4))
		add(name, w.reg(3), w.reg(4), arithmeticShifts)
	}
	for _, name := range []string{"and", "orr", "eor", "ands"} {
		d := w.stacked(3)
		if name == "ands" {
			d = w.reg(3)
		}
		add(name, d, w.reg(4), w.ones())
	}
	add("tst", w.reg(3), w.ones())
	add("tst", w.reg(3), w.reg(4))
	add("tst", w.reg(3), w.reg(4), logicalShifts)
	for _, name := range []string{"and", "orr", "eor", "ands", "bic", "orn", "eon", "bics"} {
		add(name, w.reg(3), w.reg(4), w.reg(5))
		add(name, w.reg(3), w.reg(4), w.reg(5), logicalShifts)
	}
	add("mvn", w.reg(3), w.reg(4))
	add("mvn", w.reg(3), w.reg(4), logicalShifts)
	add("mov", w.reg(3), w.reg(4))
	add("mov", w.stackOnly(), w.stacked(4))
	add("mov", w.stacked(3), w.stackOnly())
	add("mov", w.reg(3), steps(-0x8000, 0xffff, 1))
	add("mov", w.reg(3), steps(0, 0x7fff0000, 0x10000))
	add("mov", w.reg(3), steps(-0x10000, -1, 1))
	add("mov", w.reg(3), steps(-0x7fff0001, -1, 0x10000))
	add("mov", w.stacked(3), w.ones())
	if w.bits() == 64 {
		add("mov", w.reg(3), steps(0, 0x7fff<<48, 1<<48))
		add("mov", w.reg(3), steps(0, 0xffff<<32, 1<<32))
	}
	for _, name := range []string{"movz", "movn", "movk"} {
		add(name, w.reg(3), steps(0, 0xffff, 1))
		add(name, w.reg(3), steps(0, 0xffff, 1), modifiers(0, int(w.bits()-16), 16, LSL))
	}
	for _, name := range []string{
		"adc", "adcs", "sbc", "sbcs", "udiv", "sdiv", "lslv", "lsrv", "asrv", "rorv", "lsl", "lsr", "asr", "ror",
		"smax", "smin", "umax", "umin", "mul", "mneg",
	} {
		add(name, w.reg(3), w.reg(4), w.reg(5))
	}
	for _, name := range []string{"lsl", "lsr", "asr", "ror"} {
		add(name, w.reg(3), w.reg(4), amounts)
	}
	for _, name := range []string{"smax", "smin"} {
		add(name, w.reg(3), w.reg(4), steps(-128, 127, 1))
	}
	for _, name := range []string{"umax", "umin"} {
		add(name, w.reg(3), w.reg(4), steps(0, 255, 1))
	}
	for _, name := range []string{"ngc", "ngcs", "rbit", "rev16", "rev", "clz", "cls", "abs"} {
		add(name, w.reg(3), w.reg(4))
	}
	for _, name := range []string{"ubfm", "sbfm", "bfm"} {
		add(name, w.reg(3), w.reg(4), amounts, amounts)
	}
	for _, f := range w.bitFields() {
		for _, name := range []string{"ubfx", "sbfx", "bfxil", "ubfiz", "sbfiz", "bfi"} {
			add(name, w.reg(3), w.reg(4), f[0], f[1])
		}
		add("bfc", w.reg(3), f[0], f[1])
	}
	add("extr", w.reg(3), w.reg(4), w.reg(5), amounts)
	add("madd", w.reg(3), w.reg(4), w.reg(5), w.reg(6))
	add("msub", w.reg(3), w.reg(4), w.reg(5), w.reg(6))
	for _, name := range []string{"sxtb", "sxth"} {
		add(name, w.reg(3), width(W).reg(4))
	}
	for _, name := range []string{"csel", "csinc", "csinv", "csneg"} {
		add(name, w.reg(3), w.reg(4), w.reg(5), conditions(AL))
	}
	for _, name := range []string{"cinc", "cinv", "cneg"} {
		add(name, w.reg(3), w.reg(4), conditions(LE))
	}
	add("cset", w.reg(3), conditions(LE))
	add("csetm", w.reg(3), conditions(LE))
	for _, name := range []string{"ccmp", "ccmn"} {
		add(name, w.reg(3), w.reg(4), steps(0, 15, 1), conditions(AL))
		add(name, w.reg(3), steps(0, 31, 1), steps(0, 15, 1), conditions(AL))
	}
	if w.bits() == 32 {
		add("uxtb", w.reg(3), w.reg(4))
		add("uxth", w.reg(3), w.reg(4))
		return
	}
	add("sxtw", w.reg(3), width(W).reg(4))
	add("rev32", w.reg(3), w.reg(4))
	add("rev64", w.reg(3), w.reg(4))
	for _, u := range []string{"s", "u"} {
		add(u+"mulh", w.reg(3), w.reg(4), w.reg(5))
		add(u+"mull", w.reg(3), width(W).reg(4), width(W).reg(5))
		add(u+"mnegl", w.reg(3), width(W).reg(4), width(W).reg(5))
		add(u+"maddl", w.reg(3), width(W).reg(4), width(W).reg(5), w.reg(6))
		add(u+"msubl", w.reg(3), width(W).reg(4), width(W).reg(5), w.reg(6))
	}
}

// accessSize is a suffix of loads and stores, with the logarithm of its bytes and the widths it has.
type accessSize struct {
	suffix         string
	size           uint8
	narrow, double bool
	load           bool // alone
}

var accessSizes = []accessSize{
	{"", 2, true, false, false}, {"", 3, false, true, false}, {"b", 0, true, false, false}, {"h", 1, true, false, false},
	{"sb", 0, true, true, true}, {"sh", 1, true, true, true}, {"sw", 2, false, true, true},
}

func addMemoryForms(add func(string, ...slot), w width) {
	anyway := []Addressing{Offset, PreIndex, PostIndex}
	for _, a := range accessSizes {
		if w.bits() == 32 && !a.narrow || w.bits() == 64 && !a.double {
			continue
		}
		names := []string{"ldr", "str"}
		if a.load {
			names = names[:1]
		}
		for _, name := range names {
			unscaled := strings.Replace(name, "r", "ur", 1)
			ordered := map[string]string{"ldr": "ldapur", "str": "stlur"}[name]
			add(name+a.suffix, w.reg(3), plainAddress())
			add(name+a.suffix, w.reg(3), offsets(0, 4095<<a.size, 1<<a.size, Offset))
			add(name+a.suffix, w.reg(3), offsets(-256, 255, 1, anyway...))
			add(name+a.suffix, w.reg(3), indexes(a.size))
			add(unscaled+a.suffix, w.reg(3), offsets(-256, 255, 1, Offset))
			add(ordered+a.suffix, w.reg(3), offsets(-256, 255, 1, Offset))
		}
		if !a.load {
			for _, name := range []string{"ldar", "ldapr", "stlr", "ldxr", "ldaxr"} {
				add(name+a.suffix, w.reg(3), plainAddress())
			}
			add("stxr"+a.suffix, width(W).reg(4), w.reg(3), plainAddress())
			add("stlxr"+a.suffix, width(W).reg(4), w.reg(3), plainAddress())
		}
	}
	scale := w.bits() / 8
	for _, name := range []string{"ldp", "stp"} {
		add(name, w.reg(3), w.reg(4), offsets(-64*scale, 63*scale, scale, anyway...))
		add(name[:2]+"n"+name[2:], w.reg(3), w.reg(4), offsets(-64*scale, 63*scale, scale, Offset))
	}
	add("ldr", w.reg(3), distances(19, 4))
	add("ldxp", w.reg(3), w.reg(4), plainAddress())
	add("ldaxp", w.reg(3), w.reg(4), plainAddress())
	add("stxp", width(W).reg(5), w.reg(3), w.reg(4), plainAddress())
	add("stlxp", width(W).reg(5), w.reg(3), w.reg(4), plainAddress())
	if w.bits() == 64 {
		add("ldrsw", w.reg(3), distances(19, 4))
		add("ldpsw", w.reg(3), w.reg(4), offsets(-256, 252, 4, anyway...))
	}
}

func addAtomicForms(add func(string, ...slot), w width) {
	suffixes := []string{"", "b", "h"}
	if w.bits() == 64 {
		suffixes = suffixes[:1]
	}
	source, address := among(w(3), w(0).zero()), among(At(X(7)), At(SP))
	source.draw, address.draw = w.reg(3).draw, plainAddress().draw
	for _, order := range []string{"", "a", "l", "al"} {
		for _, suffix := range suffixes {
			add("cas"+order+suffix, w.reg(3), w.reg(4), plainAddress())
			add("swp"+order+suffix, w.reg(3), w.reg(4), plainAddress())
			for _, name := range []string{"add", "clr", "eor", "set", "smax", "smin", "umax", "umin"} {
				add("ld"+name+order+suffix, source, source, address)
				if order == "" || order == "l" {
					add("st"+name+order+suffix, source, address)
				}
			}
		}
		for _, n := range [][2]int{{2, 4}, {0, 28}, {28, 0}} {
			add("casp"+order, among(w(n[0])), among(w(n[0]+1)), among(w(n[1])), among(w(n[1]+1)), plainAddress())
		}
	}
}

func addBranchForms(add func(string, ...slot)) {
	add("b", distances(26, 4))
	add("bl", distances(26, 4))
	for c := EQ; c <= AL; c++ {
		add(fmt.Sprintf("b.%s", c), distances(19, 4))
	}
	for _, w := range []width{W, X} {
		add("cbz", w.reg(3), distances(19, 4))
		add("cbnz", w.reg(3), distances(19, 4))
		add("tbz", w.reg(3), steps(0, w.bits()-1, 1), distances(14, 4))
		add("tbnz", w.reg(3), steps(0, w.bits()-1, 1), distances(14, 4))
	}
	add("adr", width(X).reg(3), distances(21, 1))
	add("br", width(X).reg(3))
	add("blr", width(X).reg(3))
	add("ret", width(X).reg(3))
	add("ret")
}

func addSystemForms(add func(string, ...slot)) {
	var barriers []Barrier
	for b, name := range barrierNames {
		if name[0] != '#' {
			barriers = append(barriers, Barrier(b))
		}
	}
	add("dmb", among(barriers...))
	add("dsb", among(barriers...))
	add("isb")
	add("isb", among(SY))
	for _, name := range []string{"nop", "yield", "wfe", "wfi", "sev", "sevl", "dgh", "esb", "csdb"} {
		add(name)
	}
	add("hint", steps(0, 127, 1))
	add("clrex")
	add("svc", steps(0, 0xffff, 1))
	add("mrs", width(X).reg(3), among(NZCV, CNTFRQ_EL0, CNTVCT_EL0, System(3<<14|3<<11|9<<7|12<<3|5), System(2<<14|3<<11|1<<3)))
	add("msr", among(NZCV, System(3<<14|3<<11|13<<7|0<<3|2)), width(X).reg(3))
	add("dc", among(CIVAC, CVAC, CVAU), width(X).reg(3))
	add("ic", among(IVAU), width(X).reg(3))
	prefetches := make([]Prefetch, 32)
	for p := range prefetches {
		prefetches[p] = Prefetch(p)
	}
	add("prfm", among(prefetches...), plainAddress())
	add("prfm", among(PLDL1KEEP, PSTL1KEEP), offsets(0, 4095*8, 8, Offset))
	add("prfm", among(PLDL1KEEP, PSTL1KEEP), indexes(3))
	add("prfm", among(PLDL1KEEP, PSTL1KEEP), distances(19, 4))
	add("prfum", among(PLDL1KEEP, PSTL1KEEP), offsets(-256, 255, 1, Offset))
}
