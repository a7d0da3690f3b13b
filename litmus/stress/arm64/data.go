package arm64

// Data processing (sections C4.1, "Data Processing -- Immediate" and "Data
// Processing -- Register").

// addSubtract is ADD, ADDS, SUB and SUBS (immediate), (shifted register) and
// (extended register); op is the fields op and S.
func addSubtract(op uint32) func(*fields) {
	return func(f *fields) {
		setsFlags := op&1 == 1
		_, immediate := f.peek(2).(Immediate)
		if immediate || f.extends() {
			if setsFlags {
				f.register(0)
			} else {
				f.stackOrRegister(0)
			}
			f.stackOrRegister(5)
		} else {
			f.register(0)
			f.register(5)
		}
		f.width(31)
		f.put(op, 29)
		switch {
		case immediate:
			f.word |= 0x11000000
			f.arithmeticImmediate()
		case f.extends():
			f.word |= 0x0b200000
			f.extendedRegister()
		default:
			f.word |= 0x0b000000
			f.shiftedRegister(LSL, LSR, ASR)
		}
	}
}

// extends reports whether the arithmetic on registers is that with an extension:
// only it knows the stack pointer.
func (f *fields) extends() bool {
	for _, o := range f.operands {
		switch o := o.(type) {
		case Register:
			if o.isStack() {
				return true
			}
		case Modifier:
			if o.Shift.extends() {
				return true
			}
		}
	}
	return false
}

// arithmeticImmediate reads 12 bits, shifted by 0 or 12: as written, or as the
// immediate needs.
func (f *fields) arithmeticImmediate() {
	n := f.immediate(0, 0xfff000)
	if f.more() {
		m := f.modifier(12, LSL)
		if m.Amount%12 != 0 {
			f.fail("%s: expected lsl #0 or lsl #12", m)
		}
		f.put(uint32(m.Amount/12), 22)
	} else if n > 0xfff && n&0xfff == 0 {
		n >>= 12
		f.put(1, 22)
	}
	if n > 0xfff {
		f.fail("#%d: expected #0 to #4095, or a multiple of 4096 up to #16773120", n)
	}
	f.put(uint32(n), 10)
}

// shiftedRegister reads Rm and its shift.
func (f *fields) shiftedRegister(allowed ...Shift) {
	f.register(16)
	m := f.modifier(f.first.bits()-1, allowed...)
	f.put(uint32(m.Shift-LSL), 22)
	f.put(uint32(m.Amount), 10)
}

// extendedRegister reads Rm and its extension. LSL is that which extends nothing.
func (f *fields) extendedRegister() {
	rm := f.any(16)
	m := f.modifier(4, LSL, UXTB, UXTH, UXTW, UXTX, SXTB, SXTH, SXTW, SXTX)
	switch m.Shift {
	case LSL:
		m.Shift = UXTW
		if f.first.Wide() {
			m.Shift = UXTX
		}
		f.same(rm)
	case UXTX, SXTX:
		f.same(rm)
	default:
		if rm.Wide() {
			f.fail("%s of %s: expected a w register", m, rm)
		}
	}
	f.put(uint32(m.Shift-UXTB), 13)
	f.put(uint32(m.Amount), 10)
}

// withCarry is ADC, ADCS, SBC and SBCS; op is the fields op and S.
func withCarry(op uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x1a000000 | op<<29
		f.three()
	}
}

// three reads Rd, Rn and Rm.
func (f *fields) three() {
	f.register(0)
	f.register(5)
	f.register(16)
	f.width(31)
}

// logical is AND, ORR, EOR and ANDS (immediate) and (shifted register), and with
// inverted the shifted register alone: BIC, ORN, EON and BICS.
func logical(opc uint32, inverted bool) func(*fields) {
	return func(f *fields) {
		if _, ok := f.peek(2).(Immediate); ok && !inverted {
			if opc == 3 {
				f.register(0)
			} else {
				f.stackOrRegister(0)
			}
			f.register(5)
			f.width(31)
			n := take[Immediate](f, "an immediate")
			mask, err := bitmask(int64(n), f.first.bits())
			if err != nil {
				f.fail("%w", err)
			}
			f.word |= 0x12000000 | opc<<29 | mask<<10
			return
		}
		f.word = 0x0a000000 | opc<<29
		if inverted {
			f.put(1, 21)
		}
		f.register(0)
		f.register(5)
		f.width(31)
		f.shiftedRegister(LSL, LSR, ASR, ROR)
	}
}

// moveWide is MOVN, MOVZ and MOVK.
func moveWide(opc uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x12800000 | opc<<29
		r := f.register(0)
		f.width(31)
		f.put(uint32(f.immediate(0, 0xffff)), 5)
		m := f.modifier(r.bits()-16, LSL)
		if m.Amount%16 != 0 {
			f.fail("%s: expected a multiple of 16", m)
		}
		f.put(uint32(m.Amount/16), 21)
	}
}

// bitfield is SBFM, BFM and UBFM.
func bitfield(opc uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x13000000 | opc<<29
		f.register(0)
		f.register(5)
		f.width(31)
		f.width(22)
		f.put(uint32(f.immediate(0, f.first.bits()-1)), 16)
		f.put(uint32(f.immediate(0, f.first.bits()-1)), 10)
	}
}

// extract is EXTR.
func extract(f *fields) {
	f.word = 0x13800000
	f.three()
	f.width(22)
	f.put(uint32(f.immediate(0, f.first.bits()-1)), 10)
}

// twoSources is UDIV, LSLV and the like: section "Data-processing (2 source)".
func twoSources(opcode uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x1ac00000 | opcode<<10
		f.three()
	}
}

// extreme is SMAX, UMAX, SMIN and UMIN (immediate) and (register); n is 0 to 3 in
// that order.
func extreme(n uint32) func(*fields) {
	return func(f *fields) {
		if _, ok := f.peek(2).(Immediate); !ok {
			twoSources(0b011000 | n)(f)
			return
		}
		f.word = 0x11c00000 | n<<18
		f.register(0)
		f.register(5)
		f.width(31)
		low, high := int64(-128), int64(127)
		if n&1 == 1 {
			low, high = 0, 255
		}
		f.put(uint32(uint8(f.immediate(low, high))), 10)
	}
}

// oneSource is RBIT, CLZ and the like: section "Data-processing (1 source)".
func oneSource(opcode uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x5ac00000 | opcode<<10
		f.register(0)
		f.register(5)
		f.width(31)
	}
}

// reverse is REV, whose opcode says how many bytes a register has.
func reverse(f *fields) {
	oneSource(2)(f)
	f.width(10)
}

// reverseWords is REV32, of X registers alone.
func reverseWords(f *fields) {
	f.word = 0xdac00800
	f.wide(0)
	f.wide(5)
}

// threeSources is MADD and MSUB; o0 is 1 for the difference.
func threeSources(o0 uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x1b000000 | o0<<15
		f.three()
		f.register(10)
	}
}

// longProduct is SMADDL, SMSUBL, UMADDL and UMSUBL.
func longProduct(unsigned, o0 uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x9b200000 | unsigned<<23 | o0<<15
		f.wide(0)
		f.narrow(5)
		f.narrow(16)
		f.wide(10)
	}
}

// highProduct is SMULH and UMULH; the unused Ra is all ones.
func highProduct(unsigned uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x9b407c00 | unsigned<<23
		f.wide(0)
		f.wide(5)
		f.wide(16)
	}
}

// compareIf is CCMN and CCMP (immediate) and (register); op is 1 for CCMP.
func compareIf(op uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x3a400000 | op<<30
		f.register(5)
		f.width(31)
		if _, ok := f.peek(0).(Immediate); ok {
			f.put(uint32(f.immediate(0, 31)), 16)
			f.put(1, 11)
		} else {
			f.register(16)
		}
		f.put(uint32(f.immediate(0, 15)), 0)
		f.condition(12)
	}
}

// selects is CSEL, CSINC, CSINV and CSNEG; op and o2 are the fields of that name.
func selects(op, o2 uint32) func(*fields) {
	return func(f *fields) {
		f.word = 0x1a800000 | op<<30 | o2<<10
		f.three()
		f.condition(12)
	}
}

func dataEncodings(add func(Opcode, string, func(*fields))) {
	for op, name := range []string{"add", "adds", "sub", "subs"} {
		add(Opcode(name), "", addSubtract(uint32(op)))
	}
	for op, name := range []string{"adc", "adcs", "sbc", "sbcs"} {
		add(Opcode(name), "", withCarry(uint32(op)))
	}
	for opc, names := range [][2]string{{"and", "bic"}, {"orr", "orn"}, {"eor", "eon"}, {"ands", "bics"}} {
		add(Opcode(names[0]), "", logical(uint32(opc), false))
		add(Opcode(names[1]), "", logical(uint32(opc), true))
	}
	add("movn", "", moveWide(0))
	add("movz", "", moveWide(2))
	add("movk", "", moveWide(3))
	add("sbfm", "", bitfield(0))
	add("bfm", "", bitfield(1))
	add("ubfm", "", bitfield(2))
	add("extr", "", extract)
	for name, opcode := range map[Opcode]uint32{"udiv": 2, "sdiv": 3, "lslv": 8, "lsrv": 9, "asrv": 10, "rorv": 11} {
		add(name, "", twoSources(opcode))
	}
	for n, name := range []string{"smax", "umax", "smin", "umin"} {
		add(Opcode(name), "FEAT_CSSC", extreme(uint32(n)))
	}
	for name, opcode := range map[Opcode]uint32{"rbit": 0, "rev16": 1, "clz": 4, "cls": 5} {
		add(name, "", oneSource(opcode))
	}
	add("abs", "FEAT_CSSC", oneSource(8))
	add("rev", "", reverse)
	add("rev32", "", reverseWords)
	add("madd", "", threeSources(0))
	add("msub", "", threeSources(1))
	for u, name := range []string{"s", "u"} {
		add(Opcode(name+"maddl"), "", longProduct(uint32(u), 0))
		add(Opcode(name+"msubl"), "", longProduct(uint32(u), 1))
		add(Opcode(name+"mulh"), "", highProduct(uint32(u)))
	}
	add("ccmn", "", compareIf(0))
	add("ccmp", "", compareIf(1))
	add("csel", "", selects(0, 0))
	add("csinc", "", selects(0, 1))
	add("csinv", "", selects(1, 0))
	add("csneg", "", selects(1, 1))
}
