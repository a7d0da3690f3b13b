// Package ir is the small register machine that every dialect lowers to.
//
// A [Program] is the whole test: memory cells, symbols, and one [Thread] per
// column. A thread is a list of instructions; an instruction is a straight
// line of [Micro] operations, so that the data flow *inside* it is kept: which
// register feeds the address of an access and which its data, what a
// conditional select chose, what a store-exclusive reports. Address, data and
// control dependencies are read off that flow and nothing else.
//
// The intra-instruction conventions are herd's ("iico"): Compute carries data
// flow, Select and Skip carry the weaker "pick" flow from their condition,
// Branch carries control.
package ir

import "github.com/weakmem/litmus/internal/source"

// Tags is a set of event annotations: bit i stands for Program.Tags[i], the
// name under which cat knows the events that carry it.
type Tags uint64

// Program is a lowered litmus test.
type Program struct {
	Arch    string   // the dialect's name as written in the header: "AArch64"
	Tags    []string // event-set names by bit; at most 64
	Symbols []Symbol // Value.Sym counts from 1: Sym s is Symbols[s-1]
	Cells   []Cell
	Threads []Thread
}

// SymbolKind tells what a symbolic value denotes.
type SymbolKind uint8

const (
	Location    SymbolKind = iota // a shared variable or array; offsets are in bytes
	Label                         // a code label, printed THREAD:LABEL
	Instruction                   // an instruction as data, printed instr:"TEXT"
)

// Symbol is a name that a Value may carry.
type Symbol struct {
	Kind SymbolKind
	Name string // "x"; "P1:L0"; the instruction's text
}

// Type is the type of a cell or a register: what its printed value looks like.
type Type struct {
	Size     uint8 // bytes: 1, 2, 4, 8 or 16
	Unsigned bool
	Declared bool // false: no declaration, int by default
}

// Cell is one memory location: accesses read and write cells whole.
type Cell struct {
	Symbol   int32 // of the variable: the Sym of its address
	Offset   int64 // in bytes from the symbol
	Type     Type
	Init     Value
	ReadOnly bool // code read as data: never written
}

// Thread is the code of one thread.
type Thread struct {
	Name string  // "P0"
	Regs []Reg   // Micro operands index them
	Init []Value // by register
	Code []Instr
	// Labels maps the Sym of a Label to the index in Code that it stands for; len(Code) for a label at the end.
	Labels map[int32]int
}

// Reg is a register of a thread, a C local or a temporary.
type Reg struct {
	Name string // canonical: "X0", "x10", "EAX", "r0"; "" for a temporary
	Type Type
}

// Instr is one instruction: one point of program order.
type Instr struct {
	Text  string
	Pos   source.Pos
	Micro []Micro
}

// Kind is the kind of a micro-operation.
type Kind uint8

const (
	// Compute: Dst = Fn(Src...).
	Compute Kind = iota
	// Select: Dst = Src[0] != 0 ? Src[1] : Src[2]. Data flows from the chosen one, pick flow from Src[0].
	Select
	// Load: Dst = [Addr].
	Load
	// Store: [Addr] = Src[0].
	Store
	// StoreCond: [Addr] = Src[0] if the thread's reservation is on Addr, or not, nondeterministically;
	// without one it fails. Dst = 0 for success, 1 for failure. It ends the reservation. A success pairs
	// with the load that made the reservation (rmw), and its status depends on the write itself.
	StoreCond
	// Update: Dst = [Addr]; [Addr] = Fn(Dst, Src[0]) as one event that both reads and writes (C's read-modify-writes).
	Update
	// Fence: an event of no location.
	Fence
	// Branch: if Src[0] != 0 goto Target. Carries a control dependency from Src[0] to all that follows.
	Branch
	// Jump: goto Target.
	Jump
	// JumpReg: goto the Label that Src[0] holds, with a control dependency from it.
	JumpReg
	// Skip: if Src[0] == 0, skip the next Target micro-operations of this instruction; if not, run them
	// with pick flow from Src[0]. Regions nest.
	Skip
	// Choose: Dst = any of 0 … Target-1, nondeterministically.
	Choose
	// Assume: this run is possible only if Src[0] != 0.
	Assume
	// Exit: the thread ends.
	Exit
)

// Flags refine an access.
type Flags uint8

const (
	// Reserve, on a Load, makes a reservation for a later StoreCond. On a Store after a StoreCond in the same
	// instruction, it pairs the Store (rmw) with the Load of its location by the instruction that made the
	// reservation: the second half of an exclusive pair.
	Reserve Flags = 1 << iota
	// Amo, on a Store, pairs it with the last Load of its location by the same instruction (rmw and amo).
	Amo
	// Signed: the loaded, or computed, value is sign-extended from its Size, not zero-extended.
	Signed
	// Initial, on a Store, marks a write that initialises a local variable kept in memory.
	Initial
)

// Operand is a register or an immediate.
type Operand struct {
	Reg int32 // index into Thread.Regs; NoReg for an immediate
	Imm Value
}

// NoReg as a destination discards; as an operand it means an immediate.
const NoReg int32 = -1

// R is a register operand.
func R(reg int32) Operand { return Operand{Reg: reg} }

// Imm is an immediate operand.
func Imm(n int64) Operand { return Operand{Reg: NoReg, Imm: Value{Int: n}} }

// ImmValue is an immediate operand that may be symbolic.
func ImmValue(v Value) Operand { return Operand{Reg: NoReg, Imm: v} }

// Micro is one micro-operation. Which fields count depends on Kind.
type Micro struct {
	Kind   Kind
	Fn     Fn
	Flags  Flags
	Size   uint8 // bytes of the access or of the computation: 1, 2, 4, 8; 16 for accesses of __int128
	Dst    int32 // register or NoReg
	Src    [3]Operand
	Addr   Operand
	Tags   Tags
	Target int32 // Branch, Jump: index into Code. Skip, Choose: a count
}
