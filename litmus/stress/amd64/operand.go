package amd64

// Operand is a [Register], an [Immediate], a [Memory] or a [Label].
type Operand interface {
	// text is the operand in GNU as syntax, where it is of that size.
	text(Size) string
}

// Size is a number of bytes: 1, 2, 4 or 8.
type Size uint8

// Register is a general-purpose register, of the size that its instruction says.
type Register uint8

// The registers. AH to BH are the second bytes of RAX to RBX; RIP can only be a [Memory]'s base.
const (
	NoRegister Register = iota
	RAX
	RCX
	RDX
	RBX
	RSP
	RBP
	RSI
	RDI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
	AH
	CH
	DH
	BH
	RIP
)

// number is the register's number: three bits of ModRM, SIB or the opcode, and above them a bit of REX (2.2.1.2,
// table 3-1). AH to BH take the numbers of RSP to RDI, which instructions without REX cannot name as bytes.
func (r Register) number() byte {
	if r.high() {
		return byte(r - AH + 4)
	}
	return byte(r - RAX)
}

// high tells whether r is one of AH to BH.
func (r Register) high() bool { return AH <= r && r <= BH }

// whole tells whether r is one of the sixteen registers.
func (r Register) whole() bool { return RAX <= r && r <= R15 }

// Immediate is a constant. It has to fit the instruction's size, as a signed number or as an unsigned one.
type Immediate int64

// Memory is a location in memory, at Base + Index*Scale + Disp.
type Memory struct {
	Base  Register // NoRegister if none
	Index Register // NoRegister if none; never RSP
	Scale uint8    // 1, 2, 4 or 8; 0 without an index
	Disp  int32    // in bytes
	// Narrow makes an address of 32 bits, from the lower halves of the registers.
	Narrow bool
	// Label, if there is one, is where the Disp counts from. The base is RIP then.
	Label Label
}

// Label is the name of a place in the code.
type Label string
