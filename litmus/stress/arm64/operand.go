package arm64

// Operand is an operand of an instruction: a [Register], [Immediate],
// [Modifier], [Memory], [Condition], [Barrier], [Prefetch], [System],
// [Maintenance], [Label] or [Distance].
type Operand interface {
	// String is the operand's text for GNU as.
	String() string
}

// Register is a general-purpose register in one of its widths, the zero register
// or the stack pointer. The zero Register is none.
type Register uint8

// The number is in the low five bits; 31 is the zero register, or with stack the
// stack pointer.
const (
	numberBits Register = 31
	stack      Register = 1 << 5
	wide       Register = 1 << 6
	general    Register = 1 << 7
)

// Registers that have names in place of numbers.
const (
	WZR = general | 31
	XZR = general | wide | 31
	WSP = general | stack | 31
	SP  = general | wide | stack | 31
)

// X is the register Xn. There is none but for n from 0 to 30.
func X(n int) Register {
	if n < 0 || n > 30 {
		return 0
	}
	return general | wide | Register(n)
}

// W is the low half of Xn. There is none but for n from 0 to 30.
func W(n int) Register { return X(n) &^ wide }

// Wide reports whether the register is 64 bits wide, not 32.
func (r Register) Wide() bool { return r&wide != 0 }

// bits is the register's width.
func (r Register) bits() int64 {
	if r.Wide() {
		return 64
	}
	return 32
}

// number is the register's field in an encoding.
func (r Register) number() uint32 { return uint32(r & numberBits) }

func (r Register) isStack() bool { return r&stack != 0 }

// overlaps reports whether what is written to one is seen in the other.
func (r Register) overlaps(s Register) bool {
	return r != 0 && s != 0 && r&^wide == s&^wide && r&^wide != WZR
}

// zero is the zero register as wide as r.
func (r Register) zero() Register { return WZR | r&wide }

// Immediate is a constant.
type Immediate int64

// Shift is what a [Modifier] does.
type Shift uint8

// The shifts, and the extensions of a register's low bits (chapter C3, "Data
// processing - register").
const (
	LSL Shift = iota + 1
	LSR
	ASR
	ROR
	UXTB
	UXTH
	UXTW
	UXTX
	SXTB
	SXTH
	SXTW
	SXTX
)

func (s Shift) extends() bool { return s >= UXTB && s <= SXTX }

// Modifier shifts or extends the operand before it. The zero Modifier does nothing.
type Modifier struct {
	Shift  Shift
	Amount uint8 // of the shift, or of the left shift after an extension
}

// Addressing says whether a memory operand changes its base register, and when.
type Addressing uint8

// The addressing modes (section C1.3.3, "Load/Store addressing modes").
const (
	Offset    Addressing = iota // base plus offset
	PreIndex                    // base plus offset, to which the base is set
	PostIndex                   // base, to which the offset is added afterwards
)

// Memory is the address of an access.
type Memory struct {
	Base   Register // X register or SP
	Mode   Addressing
	Offset int64    // in bytes
	Index  Register // added to Base in place of Offset, unless it is zero
	Extend Modifier // of Index: LSL, SXTX, UXTW or SXTW
}

// At is the address that base holds.
func At(base Register) Memory { return Memory{Base: base} }

// Plus is the address n bytes on, the base unchanged.
func (m Memory) Plus(n int64) Memory { return Memory{Base: m.Base, Offset: n} }

// Pre is the address n bytes on, to which the base is set.
func (m Memory) Pre(n int64) Memory { return Memory{Base: m.Base, Mode: PreIndex, Offset: n} }

// Post is the base's address; n is then added to the base.
func (m Memory) Post(n int64) Memory { return Memory{Base: m.Base, Mode: PostIndex, Offset: n} }

// Indexed is the base's address plus an index, shifted left or extended.
func (m Memory) Indexed(index Register, extend Modifier) Memory {
	return Memory{Base: m.Base, Index: index, Extend: extend}
}

// Condition is a condition on the flags (section C1.2.4, "Condition code").
type Condition uint8

// The conditions. AL always holds.
const (
	EQ Condition = iota
	NE
	CS
	CC
	MI
	PL
	VS
	VC
	HI
	LS
	GE
	LT
	GT
	LE
	AL
)

// Barrier is the option of DMB, DSB and ISB, the CRm field of their encoding.
type Barrier uint8

// The options: the shareability domain, and which accesses before and after wait.
const (
	OSHLD Barrier = 1
	OSHST Barrier = 2
	OSH   Barrier = 3
	NSHLD Barrier = 5
	NSHST Barrier = 6
	NSH   Barrier = 7
	ISHLD Barrier = 9
	ISHST Barrier = 10
	ISH   Barrier = 11
	LD    Barrier = 13
	ST    Barrier = 14
	SY    Barrier = 15
)

// Prefetch is the prefetch operation of PRFM, of five bits: type (PLD, PLI, PST),
// cache level and policy (KEEP, STRM).
type Prefetch uint8

// Prefetches of the line into the first-level cache.
const (
	PLDL1KEEP Prefetch = 0
	PLDL1STRM Prefetch = 1
	PSTL1KEEP Prefetch = 16
)

// System is a system register, as the fields op0 to op2 of MRS and MSR.
type System uint16

// System registers that a program may read at EL0 (sections "Generic
// Timer registers" and "Special-purpose registers").
const (
	NZCV       System = 3<<14 | 3<<11 | 4<<7 | 2<<3
	CNTFRQ_EL0 System = 3<<14 | 3<<11 | 14<<7
	CNTVCT_EL0 System = 3<<14 | 3<<11 | 14<<7 | 2
)

// Maintenance is an operation of DC or IC, as the fields op1 to op2 of SYS
// (section "A64 System instructions for cache maintenance").
type Maintenance uint16

// Cache maintenance by virtual address that a program may do at EL0, if the
// system lets it.
const (
	IVAU  Maintenance = 3<<11 | 7<<7 | 5<<3 | 1  // invalidate the instruction cache to the point of unification
	CVAC  Maintenance = 3<<11 | 7<<7 | 10<<3 | 1 // clean to the point of coherency
	CVAU  Maintenance = 3<<11 | 7<<7 | 11<<3 | 1 // clean to the point of unification
	CIVAC Maintenance = 3<<11 | 7<<7 | 14<<3 | 1 // clean and invalidate to the point of coherency
)

// Label names a place; an [Assembler] turns it into a Distance.
type Label string

// Distance is how many bytes a place is after the instruction itself.
type Distance int64
