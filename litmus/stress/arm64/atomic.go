package arm64

// Exclusives, load-acquire and store-release, and the atomics of the Large
// System Extensions (section C4.1, "Load/store exclusive", "Load/store ordered",
// "Compare and swap" and "Atomic memory operations").

// The fields of the classes of exclusive and ordered accesses. Rs and Rt2 are all
// ones where there is no such operand.
const (
	exclusiveClass = 0x08000000
	o2             = 1 << 23
	loadBit        = 1 << 22
	o1             = 1 << 21
	noRs           = 31 << 16
	o0             = 1 << 15
	noRt2          = 31 << 10
)

// bySize puts the field size for an access of 1<<size bytes, or of r's if size is negative.
func (f *fields) bySize(size int, r Register) {
	if size < 0 {
		f.put(1, 31)
		if r.Wide() {
			f.put(1, 30)
		}
		return
	}
	f.put(uint32(size), 30)
}

// data reads a register that an access of 1<<size bytes, or of its own size, takes or gives.
func (f *fields) data(size, at int) Register {
	if size < 0 {
		return f.register(at)
	}
	return f.narrow(at)
}

// ordered is LDAR, STLR, LDXR and LDAXR; bits are all but Rn, Rt and size.
func ordered(bits uint32, size int) func(*fields) {
	return func(f *fields) {
		f.word = exclusiveClass | bits | noRs | noRt2
		f.bySize(size, f.data(size, 0))
		f.plain()
	}
}

// acquirePC is LDAPR.
func acquirePC(size int) func(*fields) {
	return func(f *fields) {
		f.word = 0x38a0c000 | noRs
		f.bySize(size, f.data(size, 0))
		f.plain()
	}
}

// storeExclusive is STXR and STLXR.
func storeExclusive(bits uint32, size int) func(*fields) {
	return func(f *fields) {
		f.word = exclusiveClass | bits | noRt2
		status := f.narrow(16)
		r := f.data(size, 0)
		f.bySize(size, r)
		f.status(status, f.plain(), r)
	}
}

// status refuses a status register that is also stored or the base.
func (f *fields) status(status Register, m Memory, stored ...Register) {
	clash := status.overlaps(m.Base)
	for _, r := range stored {
		clash = clash || status.number() == r.number()
	}
	if clash {
		f.fail("the status register %s is also stored or the base: unpredictable", status)
	}
}

// loadExclusivePair is LDXP and LDAXP.
func loadExclusivePair(bits uint32) func(*fields) {
	return func(f *fields) {
		f.word = exclusiveClass | loadBit | o1 | noRs | bits
		first, second := f.register(0), f.register(10)
		f.distinct(first, second)
		f.bySize(-1, first)
		f.plain()
	}
}

// storeExclusivePair is STXP and STLXP.
func storeExclusivePair(bits uint32) func(*fields) {
	return func(f *fields) {
		f.word = exclusiveClass | o1 | bits
		status := f.narrow(16)
		first, second := f.register(0), f.register(10)
		f.bySize(-1, first)
		f.status(status, f.plain(), first, second)
	}
}

// strength is an atomic instruction's suffix for its order.
type strength struct {
	suffix           string
	acquire, release bool
}

var strengths = []strength{{"", false, false}, {"a", true, false}, {"l", false, true}, {"al", true, true}}

// compareAndSwap is CAS.
func (s strength) compareAndSwap(size int) func(*fields) {
	return func(f *fields) {
		f.word = exclusiveClass | o2 | o1 | noRt2
		f.order(s, 22, 15)
		r := f.data(size, 16)
		f.data(size, 0)
		f.bySize(size, r)
		f.plain()
	}
}

// compareAndSwapPair is CASP: both pairs are an even register and the next.
func (s strength) compareAndSwapPair(f *fields) {
	f.word = exclusiveClass | o1 | noRt2
	f.order(s, 22, 15)
	f.evenPair(16)
	f.evenPair(0)
	f.width(30)
	f.plain()
}

func (f *fields) evenPair(at int) {
	first := f.register(at)
	second := take[Register](f, "a register")
	f.same(second)
	if second.isStack() || first.number()%2 != 0 || second.number() != first.number()+1 {
		f.fail("%s, %s: expected an even register and the next", first, second)
	}
}

// order puts the bits for acquire and release.
func (f *fields) order(s strength, acquire, release int) {
	if s.acquire {
		f.put(1, acquire)
	}
	if s.release {
		f.put(1, release)
	}
}

// readModifyWrite is LDADD and its kind, and SWP: opc with o3 above it.
func (s strength) readModifyWrite(opc uint32, size int) func(*fields) {
	return func(f *fields) {
		f.word = 0x38200000 | opc<<12
		f.order(s, 23, 22)
		r := f.data(size, 16)
		f.data(size, 0)
		f.bySize(size, r)
		f.plain()
	}
}

// operations are the read-modify-writes that have LD and ST forms, by opc.
var operations = []string{"add", "clr", "eor", "set", "smax", "smin", "umax", "umin"}

const swap = 8

func atomicEncodings(add func(Opcode, string, func(*fields))) {
	for suffix, size := range map[string]int{"": -1, "b": 0, "h": 1} {
		add(Opcode("stxr"+suffix), "", storeExclusive(0, size))
		add(Opcode("stlxr"+suffix), "", storeExclusive(o0, size))
		add(Opcode("ldxr"+suffix), "", ordered(loadBit, size))
		add(Opcode("ldaxr"+suffix), "", ordered(loadBit|o0, size))
		add(Opcode("stlr"+suffix), "", ordered(o2|o0, size))
		add(Opcode("ldar"+suffix), "", ordered(o2|loadBit|o0, size))
		for _, s := range strengths {
			add(Opcode("cas"+s.suffix+suffix), "FEAT_LSE", s.compareAndSwap(size))
			add(Opcode("swp"+s.suffix+suffix), "FEAT_LSE", s.readModifyWrite(swap, size))
			for opc, name := range operations {
				add(Opcode("ld"+name+s.suffix+suffix), "FEAT_LSE", s.readModifyWrite(uint32(opc), size))
			}
		}
	}
	for _, s := range strengths {
		add(Opcode("casp"+s.suffix), "FEAT_LSE", s.compareAndSwapPair)
	}
	add("ldxp", "", loadExclusivePair(0))
	add("ldaxp", "", loadExclusivePair(o0))
	add("stxp", "", storeExclusivePair(0))
	add("stlxp", "", storeExclusivePair(o0))
}
