package arm64

// Loads and stores of one register or two, ordinary and with release-consistent
// order (section C4.1, "Loads and Stores").

// transfer is what a load or store moves between memory and a register.
type transfer struct {
	size   int  // logarithm of the number of bytes; -1 for the register's own
	store  bool // or load
	signed bool // whether the loaded value is sign-extended
}

// register reads Rt and puts the fields size and opc. It returns size.
func (t transfer) register(f *fields) (Register, int) {
	var r Register
	size, opc := t.size, uint32(1)
	switch {
	case size < 0:
		r = f.register(0)
		size = 2
		if r.Wide() {
			size = 3
		}
	case t.signed && size == 2:
		r = f.wide(0)
	case t.signed:
		r = f.register(0)
	default:
		r = f.narrow(0)
	}
	switch {
	case t.store:
		opc = 0
	case t.signed && r.Wide():
		opc = 2
	case t.signed:
		opc = 3
	}
	f.put(uint32(size), 30)
	f.put(opc, 22)
	return r, size
}

// loadStore is LDR and STR of all sizes: (immediate), (register) and, of loads,
// (literal). An offset that is no multiple of the size, or negative, is that of
// LDUR or STUR, which assemblers take in their place.
func (t transfer) loadStore(f *fields) {
	if t.literal(f) {
		return
	}
	r, size := t.register(f)
	m := f.memory()
	if m.Mode != Offset && r.overlaps(m.Base) {
		f.fail("the base register is also loaded or stored: unpredictable")
	}
	f.single(m, size)
}

// literal is LDR and LDRSW (literal), if the operand is a place in the code.
func (t transfer) literal(f *fields) bool {
	switch f.peek(1).(type) {
	case Label, Distance:
	default:
		return false
	}
	if t.store || t.size >= 0 && !(t.signed && t.size == 2) {
		return false
	}
	f.word = 0x18000000
	if t.signed {
		f.wide(0)
		f.put(2, 30)
	} else {
		f.register(0)
		f.width(30)
	}
	f.distance(19, 2, 5)
	return true
}

// single puts the address of an access of 1<<size bytes.
func (f *fields) single(m Memory, size int) {
	switch {
	case f.err != nil:
	case m.Index != 0:
		f.word |= 0x38200800
		f.index(m, size)
	case m.Mode == Offset && m.Offset >= 0 && m.Offset%(1<<size) == 0 && m.Offset>>size <= 0xfff:
		f.word |= 0x39000000 | uint32(m.Offset>>size)<<10
	case m.Mode == Offset && (m.Offset < -256 || m.Offset > 255):
		f.fail("%s: expected an offset of -256 to 255, or a multiple of %d up to %d", m, 1<<size, 0xfff<<size)
	default:
		f.word |= 0x38000000 | [...]uint32{Offset: 0, PreIndex: 3, PostIndex: 1}[m.Mode]<<10
		f.unscaled(m)
	}
}

// unscaled puts an offset of nine bits.
func (f *fields) unscaled(m Memory) {
	if f.err != nil {
		return
	}
	if m.Index != 0 || m.Offset < -256 || m.Offset > 255 {
		f.fail("%s: expected an offset of -256 to 255", m)
	}
	f.put(uint32(m.Offset)&0x1ff, 12)
}

// index puts the index register, its extension, and whether it is shifted by size.
func (f *fields) index(m Memory, size int) {
	if m.Index&general == 0 || m.Index.isStack() {
		f.fail("%s: expected a register as index", m)
	}
	shift := m.Extend.Shift
	switch {
	case m.Index.Wide() && (shift == 0 || shift == LSL):
		shift = UXTX
	case m.Index.Wide() && shift == SXTX, !m.Index.Wide() && (shift == UXTW || shift == SXTW):
	case m.Index.Wide():
		f.fail("%s: expected lsl or sxtx of %s", m, m.Index)
	default:
		f.fail("%s: expected uxtw or sxtw of %s", m, m.Index)
	}
	f.put(m.Index.number(), 16)
	f.put(uint32(shift-UXTB), 13)
	switch int(m.Extend.Amount) {
	case 0:
	case size:
		f.put(1, 12)
	default:
		f.fail("%s: expected a shift by 0 or %d", m, size)
	}
}

// unscaledOnly is LDUR and STUR, and with base those of LDAPUR and STLUR, which
// have the same fields.
func (t transfer) unscaledOnly(base uint32) func(*fields) {
	return func(f *fields) {
		t.register(f)
		f.word |= base
		f.withoutIndexing(f.memory())
	}
}

// withoutIndexing puts an unscaled offset of a base that does not change.
func (f *fields) withoutIndexing(m Memory) {
	if f.err == nil && m.Mode != Offset {
		f.fail("%s: expected [%s, #%d]", m, m.Base, m.Offset)
	}
	f.unscaled(m)
}

// prefetch is PRFM (immediate), (literal) and (register).
func prefetch(f *fields) {
	f.put(uint32(f.prefetchOperation()), 0)
	switch f.peek(0).(type) {
	case Label, Distance:
		f.word |= 0xd8000000
		f.distance(19, 2, 5)
		return
	}
	f.word |= 0xc0800000
	m := f.memory()
	if m.Mode != Offset {
		f.fail("%s: expected a base that does not change", m)
	}
	f.single(m, 3)
}

// prefetchUnscaled is PRFUM.
func prefetchUnscaled(f *fields) {
	f.word = 0xf8800000
	f.put(uint32(f.prefetchOperation()), 0)
	f.withoutIndexing(f.memory())
}

func (f *fields) prefetchOperation() Prefetch {
	p := take[Prefetch](f, "a prefetch operation")
	if p > 31 {
		f.fail("%s: expected a prefetch operation of five bits", p)
	}
	return p
}

// pair is LDP and STP, LDNP and STNP, and LDPSW.
type pair struct {
	load, signed, nonTemporal bool
}

func (p pair) encode(f *fields) {
	scale := int64(2)
	var first, second Register
	if p.signed {
		first, second = f.wide(0), f.wide(10)
		f.put(1, 30)
	} else {
		first, second = f.register(0), f.register(10)
		f.width(31)
		if first.Wide() {
			scale = 3
		}
	}
	if p.load {
		f.put(1, 22)
		f.distinct(first, second)
	}
	m := f.memory()
	if f.err != nil {
		return
	}
	mode := [...]uint32{Offset: 2, PreIndex: 3, PostIndex: 1}[m.Mode]
	if p.nonTemporal {
		mode = 0
	}
	switch {
	case m.Index != 0 || p.nonTemporal && m.Mode != Offset:
		f.fail("%s: expected [%s] or [%s, #%d]", m, m.Base, m.Base, 1<<scale)
	case m.Mode != Offset && (first.overlaps(m.Base) || second.overlaps(m.Base)):
		f.fail("the base register is also loaded or stored: unpredictable")
	case m.Offset%(1<<scale) != 0 || m.Offset>>scale < -64 || m.Offset>>scale > 63:
		f.fail("%s: expected a multiple of %d from %d to %d", m, 1<<scale, -64<<scale, 63<<scale)
	}
	f.word |= 0x28000000 | mode<<23 | uint32(m.Offset>>scale)&0x7f<<15
}

// distinct refuses one register as both destinations of a pair.
func (f *fields) distinct(first, second Register) {
	if first != 0 && first&numberBits == second&numberBits {
		f.fail("both registers of the pair are %s: unpredictable", first)
	}
}

// orderedPair is LDIAPP and STILP: C6.2, of FEAT_LRCPC3. The load may be followed,
// the store preceded by a change of the base by the pair's size.
func orderedPair(load bool) func(*fields) {
	return func(f *fields) {
		f.word = 0x99000800
		first, second := f.register(0), f.register(16)
		f.width(30)
		if load {
			f.put(1, 22)
			f.distinct(first, second)
		}
		m := f.memory()
		if f.err != nil {
			return
		}
		size := first.bits() / 4
		indexed := At(m.Base).Pre(-size)
		if load {
			indexed = At(m.Base).Post(size)
		}
		switch m {
		case At(m.Base):
			f.put(1, 12)
		case indexed:
			if first.overlaps(m.Base) || second.overlaps(m.Base) {
				f.fail("the base register is also loaded or stored: unpredictable")
			}
		default:
			f.fail("%s: expected %s or %s", m, At(m.Base), indexed)
		}
	}
}

func memoryEncodings(add func(Opcode, string, func(*fields))) {
	for suffix, t := range map[Opcode]transfer{
		"": {size: -1}, "b": {size: 0}, "h": {size: 1},
		"sb": {size: 0, signed: true}, "sh": {size: 1, signed: true}, "sw": {size: 2, signed: true},
	} {
		add("ldr"+suffix, "", t.loadStore)
		add("ldur"+suffix, "", t.unscaledOnly(0x38000000))
		add("ldapur"+suffix, "FEAT_LRCPC2", t.unscaledOnly(0x19000000))
		if t.signed {
			continue
		}
		add("ldapr"+suffix, "FEAT_LRCPC", acquirePC(t.size))
		t.store = true
		add("str"+suffix, "", t.loadStore)
		add("stur"+suffix, "", t.unscaledOnly(0x38000000))
		add("stlur"+suffix, "FEAT_LRCPC2", t.unscaledOnly(0x19000000))
	}
	add("prfm", "", prefetch)
	add("prfum", "", prefetchUnscaled)
	add("ldp", "", pair{load: true}.encode)
	add("stp", "", pair{}.encode)
	add("ldnp", "", pair{load: true, nonTemporal: true}.encode)
	add("stnp", "", pair{nonTemporal: true}.encode)
	add("ldpsw", "", pair{load: true, signed: true}.encode)
	add("ldiapp", "FEAT_LRCPC3", orderedPair(true))
	add("stilp", "FEAT_LRCPC3", orderedPair(false))
}
