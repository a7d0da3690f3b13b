package aarch64

import "github.com/weakmem/litmus/litmus/ir"

// Loads and stores of one or two registers, ordinary, acquire and release.
// A pair is two accesses, each single-copy atomic (section B2.2.1).

// loadForm is a load of size bytes, or of the register's if size is 0.
type loadForm struct {
	size   uint8
	signed bool
	tags   ir.Tags
	flags  ir.Flags
}

func (f loadForm) lower(l *lowering) error {
	r := l.register(0)
	size := f.size
	if size == 0 {
		size = r.size
	}
	var acc access
	if t, ok := l.in.operands[1].(target); ok {
		at, err := l.codeAddress(t)
		if err != nil {
			return err
		}
		acc = access{at: at, writeback: ir.Imm(0)}
	} else {
		acc = l.resolve(l.address(1))
	}
	l.load(r, acc.at, size, f)
	l.finish(acc)
	return nil
}

// load emits one load into r.
func (l *lowering) load(r register, at ir.Operand, size uint8, f loadForm) {
	dst := l.destination(r)
	m := ir.Micro{Kind: ir.Load, Dst: dst, Addr: at, Size: size, Tags: tagExp | f.tags, Flags: f.flags}
	if f.signed {
		m.Flags |= ir.Signed
	}
	l.Emit(m)
	if f.signed && r.size == 4 && dst != ir.NoReg {
		l.ComputeTo(dst, ir.Move, 4, false, ir.R(dst))
	}
}

// storeForm is a store of size bytes, or of the register's if size is 0.
type storeForm struct {
	size uint8
	tags ir.Tags
}

func (f storeForm) lower(l *lowering) error {
	r := l.register(0)
	size := f.size
	if size == 0 {
		size = r.size
	}
	acc := l.resolve(l.address(1))
	l.store(l.source(r), acc.at, size, f.tags, 0)
	l.finish(acc)
	return nil
}

// store emits one store.
func (l *lowering) store(value, at ir.Operand, size uint8, tags ir.Tags, flags ir.Flags) {
	l.Emit(ir.Micro{
		Kind: ir.Store, Dst: ir.NoReg, Src: [3]ir.Operand{value}, Addr: at, Size: size, Tags: tagExp | tags, Flags: flags,
	})
}

// loadPair is LDP, LDNP and LDPSW.
func loadPair(f loadForm) func(*lowering) error {
	return func(l *lowering) error {
		f := f
		size := f.size
		if size == 0 {
			size = l.size(0)
		}
		acc := l.resolve(l.address(2))
		second := l.plus(acc.at, size)
		first := acc.at
		if l.register(0) == l.address(2).base {
			first = l.Compute(ir.Move, 8, first)
		}
		l.load(l.register(0), first, size, f)
		f.flags &^= ir.Reserve // the first reserves both
		l.load(l.register(1), second, size, f)
		l.finish(acc)
		return nil
	}
}

// storePair is STP and STNP.
func storePair(tags ir.Tags) func(*lowering) error {
	return func(l *lowering) error {
		size := l.size(0)
		acc := l.resolve(l.address(2))
		second := l.plus(acc.at, size)
		l.store(l.read(0), acc.at, size, tags, 0)
		l.store(l.read(1), second, size, tags, 0)
		l.finish(acc)
		return nil
	}
}

// ordered emits the two accesses of LDIAPP or STILP (FEAT_LRCPC3), one after the
// other. Their order is intrinsic; here they are two instructions, which program
// order relates the same way.
func (l *lowering) ordered(reversed bool, access func(i int, at ir.Operand)) {
	size := l.size(0)
	acc := l.resolve(l.address(2))
	halves := [2]ir.Operand{acc.at, l.plus(acc.at, size)}
	order := [2]int{0, 1}
	if reversed {
		order = [2]int{1, 0}
	}
	last := l.Scratch()
	l.ComputeTo(last, ir.Move, 8, false, halves[order[1]])
	if acc.writeback.Reg != ir.NoReg {
		base := l.Scratch()
		l.ComputeTo(base, ir.Move, 8, false, acc.writeback)
		acc.writeback = ir.R(base)
	}
	access(order[0], halves[order[0]])
	l.Instruction(l.in.String(), l.pos)
	access(order[1], ir.R(last))
	l.finish(acc)
}

// loadOrderedPair is LDIAPP: two acquirePC loads.
func loadOrderedPair(l *lowering) error {
	a := l.address(2)
	if a.mode == before || a.mode == unchanged && a.offset != 0 || a.mode == after && a.offset != 2*int64(l.size(0)) {
		return l.errorf("expected [%s] or [%s],#%d", a.base, a.base, 2*l.size(0))
	}
	l.ordered(false, func(i int, at ir.Operand) {
		l.load(l.register(i), at, l.size(0), loadForm{tags: tagQ})
	})
	return nil
}

// storeOrderedPair is STILP: two store-releases; with write-back, as a push, the
// higher address comes first.
func storeOrderedPair(l *lowering) error {
	a := l.address(2)
	if a.mode == after || a.mode == unchanged && a.offset != 0 || a.mode == before && a.offset != -2*int64(l.size(0)) {
		return l.errorf("expected [%s] or [%s,#-%d]!", a.base, a.base, 2*l.size(0))
	}
	l.ordered(a.mode == before, func(i int, at ir.Operand) {
		l.store(l.read(i), at, l.size(0), tagL, 0)
	})
	return nil
}

func memoryForms(add func(string, *form)) {
	add("LDR", takes("rA", loadForm{}.lower))
	add("LDRSW", takes("xA", loadForm{size: 4, signed: true}.lower))
	add("STR", takes("ra", storeForm{}.lower))
	add("LDUR", takes("ra", loadForm{}.lower))
	add("LDURSW", takes("xa", loadForm{size: 4, signed: true}.lower))
	add("STUR", takes("ra", storeForm{}.lower))
	add("LDAPUR", takes("ra", loadForm{tags: tagQ}.lower))
	add("LDAPURSW", takes("xa", loadForm{size: 4, signed: true, tags: tagQ}.lower))
	add("STLUR", takes("ra", storeForm{tags: tagL}.lower))
	add("LDAR", takes("rb", loadForm{tags: tagA}.lower))
	add("LDAPR", takes("rb", loadForm{tags: tagQ}.lower))
	add("STLR", takes("rb", storeForm{tags: tagL}.lower))
	for suffix, size := range narrowSizes {
		add("LDR"+suffix, takes("wa", loadForm{size: size}.lower))
		add("LDRS"+suffix, takes("ra", loadForm{size: size, signed: true}.lower))
		add("STR"+suffix, takes("wa", storeForm{size: size}.lower))
		add("LDUR"+suffix, takes("wa", loadForm{size: size}.lower))
		add("LDURS"+suffix, takes("ra", loadForm{size: size, signed: true}.lower))
		add("STUR"+suffix, takes("wa", storeForm{size: size}.lower))
		add("LDAPUR"+suffix, takes("wa", loadForm{size: size, tags: tagQ}.lower))
		add("LDAPURS"+suffix, takes("ra", loadForm{size: size, signed: true, tags: tagQ}.lower))
		add("STLUR"+suffix, takes("wa", storeForm{size: size, tags: tagL}.lower))
		add("LDAR"+suffix, takes("wb", loadForm{size: size, tags: tagA}.lower))
		add("LDAPR"+suffix, takes("wb", loadForm{size: size, tags: tagQ}.lower))
		add("STLR"+suffix, takes("wb", storeForm{size: size, tags: tagL}.lower))
	}
	add("LDP", takes("rrp", loadPair(loadForm{})))
	add("LDNP", takes("rrp", loadPair(loadForm{tags: tagNT})))
	add("LDPSW", takes("xxp", loadPair(loadForm{size: 4, signed: true})))
	add("STP", takes("rrp", storePair(0)))
	add("STNP", takes("rrp", storePair(tagNT)))
	add("LDIAPP", takes("rrp", loadOrderedPair))
	add("STILP", takes("rrp", storeOrderedPair))
}

// narrowSizes are the suffixes of byte and halfword accesses.
var narrowSizes = map[string]uint8{"B": 1, "H": 2}
