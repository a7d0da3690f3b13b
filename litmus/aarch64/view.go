package aarch64

// Mnemonic is the instruction's mnemonic in upper case; conditional branches have
// one spelling, "B.EQ".
func (in *Instruction) Mnemonic() string { return in.mnemonic }

// Operand is a read-only view of an operand: a [Register], [Immediate],
// [Modifier], [Address], [Target] or [Word].
type Operand interface{ view() }

// Register is a general-purpose register in one of its widths.
type Register struct {
	Name string // X0 … X30, SP, XZR, or %name for a symbolic register
	Wide bool   // 64 bits, not 32
}

// Immediate is a constant.
type Immediate int64

// Modifier shifts or extends the operand before it.
type Modifier struct {
	Name   string // LSL, LSR, ASR, ROR, UXTB, …, SXTX
	Amount int64  // of the shift, or of the left shift after the extension
}

// Address is the address of an access.
type Address struct {
	Base       Register
	Capability bool     // the base is a capability register
	PreIndex   bool     // Offset is added to the base before the access
	PostIndex  bool     // Offset is added to the base after the access
	Offset     int64    // in bytes
	Index      Register // added to the base in place of Offset, unless its name is ""
	Extend     Modifier // of Index; its name is "" if there is none
}

// Target is a place in the code.
type Target struct {
	Label    string // "" if Distance says where
	Distance int    // in bytes from the instruction
}

// Word is an operand that is known by its name: a condition, a barrier's option, a
// system register, a prefetch operation.
type Word string

func (Register) view()  {}
func (Immediate) view() {}
func (Modifier) view()  {}
func (Address) view()   {}
func (Target) view()    {}
func (Word) view()      {}

// Operands returns the operands in the order of the text.
func (in *Instruction) Operands() []Operand {
	operands := make([]Operand, len(in.operands))
	for i, o := range in.operands {
		switch o := o.(type) {
		case register:
			operands[i] = o.view()
		case immediate:
			operands[i] = Immediate(o)
		case modifier:
			operands[i] = Modifier{o.name, o.amount}
		case address:
			operands[i] = o.view()
		case target:
			operands[i] = Target{o.label, o.offset}
		default:
			operands[i] = Word(o.String())
		}
	}
	return operands
}

func (r register) view() Register { return Register{r.name, r.size == 8} }

func (a address) view() Address {
	v := Address{
		Base: a.base.view(), Capability: a.capability, PreIndex: a.mode == before, PostIndex: a.mode == after,
		Offset: a.offset, Extend: Modifier{a.extend.name, a.extend.amount},
	}
	if a.indexed {
		v.Index = a.index.view()
	}
	return v
}
