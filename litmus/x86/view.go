package x86

import (
	"strings"

	"github.com/weakmem/litmus/litmus/ir"
)

// Instruction is what a parsed instruction says, for those who make machine code of it.
type Instruction struct {
	// Mnemonic is in lower case, without size suffix and condition code: "mov", "j", "set", "cmov"; "movz" and "movs"
	// for the extending moves, however they are spelt.
	Mnemonic  string
	Lock      bool
	Size      uint8     // bytes of the operands; 0 if the instruction has none
	From      uint8     // bytes of the source of movz and movs
	Condition string    // the canonical condition code of j, set and cmov: "e", not "z"
	Operands  []Operand // destination first
	Label     string    // of jumps; may be a distance, ".+4"
}

// OperandKind tells what an [Operand] is.
type OperandKind uint8

const (
	RegisterOperand  OperandKind = iota // Base
	ImmediateOperand                    // Symbol + Disp
	MemoryOperand                       // at Symbol + Disp + Base + Index*Scale
)

// Operand is an operand of an [Instruction].
type Operand struct {
	Kind   OperandKind
	Symbol string // the location whose address is meant, "" if none
	Disp   int64
	Base   Register
	Index  Register
	Scale  int64
	// Segment is the segment register of a memory operand, in lower case; "" if none is written.
	Segment string
}

// Register is a register of an [Operand], or a part of one.
type Register struct {
	Name     string // in lower case without %: "r8d"; "" if there is none
	Size     uint8  // bytes; of a symbolic register those that its instruction needs
	Symbolic bool
}

// View returns what the instruction of either dialect says; !ok if node is one of another dialect.
func View(node ir.Node) (Instruction, bool) {
	in, ok := node.(*instruction)
	if !ok {
		return Instruction{}, false
	}
	out := Instruction{
		Mnemonic: in.mnemonic, Lock: in.lock, Size: in.size, From: in.from, Condition: in.cond, Label: in.label,
	}
	switch {
	case in.op.shape == extend:
		out.Mnemonic = in.mnemonic[:len("movz")]
	case in.cond != "":
		for family, op := range conditional {
			if in.op == op {
				out.Mnemonic = family
			}
		}
	}
	for i, o := range in.operands {
		size := in.size
		if in.op.shape == extend && i == 1 {
			size = in.from
		}
		out.Operands = append(out.Operands, in.dialect.public(o, size))
	}
	return out, true
}

func (d *Dialect) public(o operand, size uint8) Operand {
	out := Operand{Kind: MemoryOperand, Symbol: o.symbol, Disp: o.disp, Scale: o.scale, Segment: o.segment}
	switch o.kind {
	case register:
		return Operand{Kind: RegisterOperand, Base: o.reg.public(size)}
	case immediate:
		out.Kind = ImmediateOperand
	}
	if o.base != nil {
		out.Base = o.base.public(d.word)
	}
	if o.index != nil {
		out.Index = o.index.public(d.word)
	}
	return out
}

func (v view) public(size uint8) Register {
	if v.size == 0 {
		return Register{Name: v.name, Size: size, Symbolic: true}
	}
	return Register{Name: strings.ToLower(v.name), Size: v.size}
}
