package aarch64

import "github.com/weakmem/litmus/litmus/ir"

// Exclusives, and the atomic instructions of the Large System Extensions.

// strength is which halves of an atomic instruction are ordered.
type strength struct {
	suffix string
	read   ir.Tags
	write  ir.Tags
}

var strengths = []strength{{"", 0, 0}, {"A", tagA, 0}, {"L", 0, tagL}, {"AL", tagA, tagL}}

// readTags are the tags of an atomic's read. If its value goes nowhere it is
// not acquire, and barriers that wait for loads do not wait for it.
func (s strength) readTags(destination register) ir.Tags {
	if destination.name == zeroRegister {
		return tagX | tagNoRet
	}
	return tagX | s.read
}

// fetch emits the load of an atomic into a temporary.
func (l *lowering) fetch(at ir.Operand, size uint8, tags ir.Tags) ir.Operand {
	old := l.Temp()
	l.Emit(ir.Micro{Kind: ir.Load, Dst: old, Addr: at, Size: size, Tags: tagExp | tags})
	return ir.R(old)
}

// give emits r = value.
func (l *lowering) give(r register, size uint8, value ir.Operand) {
	if dst := l.destination(r); dst != ir.NoReg {
		l.ComputeTo(dst, ir.Move, size, false, value)
	}
}

// when emits body to run if cond holds, with pick flow from cond.
func (l *lowering) when(cond ir.Operand, body func()) {
	skip := l.Emit(ir.Micro{Kind: ir.Skip, Dst: ir.NoReg, Src: [3]ir.Operand{cond}})
	body()
	l.Patch(skip)
}

// swap is SWP Rs,Rt,[Xn]: Rs to memory, what was there to Rt.
func swap(size uint8, s strength) func(*lowering) error {
	return func(l *lowering) error {
		size := l.accessSize(size)
		at := l.resolve(l.address(2)).at
		old := l.fetch(at, size, s.readTags(l.register(1)))
		l.store(l.read(0), at, size, tagX|s.write, ir.Amo)
		l.give(l.register(1), size, old)
		return nil
	}
}

func (l *lowering) accessSize(size uint8) uint8 {
	if size == 0 {
		return l.size(0)
	}
	return size
}

// fetchAnd is LD<op> Rs,Rt,[Xn] and, without Rt, ST<op> Rs,[Xn], which is LD<op> Rs,XZR,[Xn].
func fetchAnd(fn ir.Fn, size uint8, s strength) func(*lowering) error {
	return func(l *lowering) error {
		size := l.accessSize(size)
		destination, last := register{zeroRegister, 8}, 1
		if r, ok := l.in.operands[1].(register); ok {
			destination, last = r, 2
		}
		at := l.resolve(l.address(last)).at
		old := l.fetch(at, size, s.readTags(destination))
		l.store(l.Compute(fn, size, old, l.read(0)), at, size, tagX|s.write, ir.Amo)
		l.give(destination, size, old)
		return nil
	}
}

// compareAndSwap is CAS Rs,Rt,[Xn] and, with n = 2 registers for each, CASP.
//
// The comparison only picks: whether the write happens depends on it, where and
// what it writes does not. The architecture leaves two things open, each an
// alternative here. After a success Rs may get the value read or keep its own,
// which is equal, but the first depends on the read and the second on what Rs
// depended on and, as a pick, on the comparison. After a failure the value
// read may be written back.
func compareAndSwap(n int, size uint8, s strength) func(*lowering) error {
	return func(l *lowering) error {
		size := l.accessSize(size)
		at := []ir.Operand{l.resolve(l.address(2 * n)).at}
		if n == 2 {
			at = append(at, l.plus(at[0], size))
		}
		tags := tagX | s.read
		if n == 1 {
			tags = s.readTags(l.register(0))
		}
		var old, expected []ir.Operand
		for i := range n {
			old = append(old, l.fetch(at[i], size, tags))
		}
		equal := ir.Imm(1)
		for i := range n {
			expected = append(expected, l.Compute(ir.Move, size, l.read(i)))
			equal = l.Compute(ir.And, 1, equal, l.Compute(ir.Eq, size, old[i], l.read(i)))
		}
		alternative := l.Temp()
		l.Emit(ir.Micro{Kind: ir.Choose, Dst: alternative, Target: 2})
		l.when(equal, func() {
			for i := range n {
				l.store(l.together(size, l.read(n+i), l.read(2*n-1-i)), at[i], size, tagX|s.write, ir.Amo)
			}
		})
		unequal := l.Compute(ir.Xor, 1, equal, ir.Imm(1))
		l.when(l.Compute(ir.And, 1, unequal, ir.R(alternative)), func() {
			for i := range n {
				l.store(old[i], at[i], size, tagX|s.write, ir.Amo)
			}
		})
		for i := range n {
			l.give(l.register(i), size, l.together(size, old[i], old[n-1-i]))
		}
		l.when(l.Compute(ir.And, 1, equal, ir.R(alternative)), func() {
			for i := range n {
				l.give(l.register(i), size, l.together(size, expected[i], expected[n-1-i]))
			}
		})
		return nil
	}
}

// together emits a, with the dependencies of b too: CASP compares and swaps its
// two registers as one value of twice the size.
func (l *lowering) together(size uint8, a, b ir.Operand) ir.Operand {
	if a == b {
		return a
	}
	return l.Compute(ir.Move, size, a, b)
}

// storeExclusive is STXR Ws,Rt,[Xn] and STLXR.
func storeExclusive(size uint8, tags ir.Tags) func(*lowering) error {
	return func(l *lowering) error {
		size := size
		if size == 0 {
			size = l.size(1)
		}
		at := l.resolve(l.address(2)).at
		l.storeConditional(l.destination(l.register(0)), l.read(1), at, size, tags)
		return nil
	}
}

func (l *lowering) storeConditional(status int32, value, at ir.Operand, size uint8, tags ir.Tags) {
	l.Emit(ir.Micro{
		Kind: ir.StoreCond, Dst: status, Src: [3]ir.Operand{value}, Addr: at, Size: size,
		Tags: tagExp | tagX | tagEX | tags,
	})
}

// loadExclusivePair is LDXP and LDAXP.
func loadExclusivePair(tags ir.Tags) func(*lowering) error {
	pair := loadPair(loadForm{tags: tagX | tagEX | tags, flags: ir.Reserve})
	return func(l *lowering) error {
		if l.register(0).name == l.register(1).name && l.register(0).name != zeroRegister {
			return l.errorf("expected two different registers")
		}
		return pair(l)
	}
}

// storeExclusivePair is STXP Ws,Rt1,Rt2,[Xn] and STLXP: both writes happen, or neither.
func storeExclusivePair(tags ir.Tags) func(*lowering) error {
	return func(l *lowering) error {
		size := l.size(1)
		at := l.resolve(l.address(3)).at
		second := l.plus(at, size)
		values := [2]ir.Operand{l.read(1), l.read(2)}
		status := l.Temp()
		l.storeConditional(status, values[0], at, size, tags)
		// Success depends on nothing but the first write, which no dependency starts at.
		l.when(l.Compute(ir.Xor, 1, ir.R(status), ir.Imm(1)), func() {
			l.store(values[1], second, size, tagX|tagEX|tags, ir.Reserve)
		})
		l.give(l.register(0), 4, ir.R(status))
		return nil
	}
}

// operations are the <op> of LD<op> and ST<op>.
var operations = map[string]ir.Fn{
	"ADD": ir.Add, "CLR": ir.AndNot, "EOR": ir.Xor, "SET": ir.Or,
	"SMAX": ir.MaxS, "SMIN": ir.MinS, "UMAX": ir.MaxU, "UMIN": ir.MinU,
}

func atomicForms(add func(string, *form)) {
	exclusive := func(tags ir.Tags, size uint8) func(*lowering) error {
		return loadForm{size: size, tags: tagX | tagEX | tags, flags: ir.Reserve}.lower
	}
	sizes := map[string]uint8{"": 0, "B": 1, "H": 2}
	for suffix, size := range sizes {
		r := "w"
		if size == 0 {
			r = "r"
		}
		add("LDXR"+suffix, takes(r+"b", exclusive(0, size)))
		add("LDAXR"+suffix, takes(r+"b", exclusive(tagA, size)))
		add("STXR"+suffix, takes("w"+r+"b", storeExclusive(size, 0)))
		add("STLXR"+suffix, takes("w"+r+"b", storeExclusive(size, tagL)))
		for _, s := range strengths {
			add("CAS"+s.suffix+suffix, takes(r+r+"b", compareAndSwap(1, size, s)))
			add("SWP"+s.suffix+suffix, takes(r+r+"b", swap(size, s)))
			for name, fn := range operations {
				add("LD"+name+s.suffix+suffix, takes(r+r+"b", fetchAnd(fn, size, s)))
				if s.read == 0 {
					add("ST"+name+s.suffix+suffix, takes(r+"b", fetchAnd(fn, size, s)))
				}
			}
		}
	}
	for _, s := range strengths {
		add("CASP"+s.suffix, takes("rrrrb", compareAndSwap(2, 0, s)))
	}
	add("LDXP", takes("rrb", loadExclusivePair(0)))
	add("LDAXP", takes("rrb", loadExclusivePair(tagA)))
	add("STXP", takes("wrrb", storeExclusivePair(0)))
	add("STLXP", takes("wrrb", storeExclusivePair(tagL)))
}
