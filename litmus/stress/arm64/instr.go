package arm64

import (
	"encoding/binary"
	"fmt"
)

// Opcode is a mnemonic of chapter C6.2 in lower case, that of an alias included:
// "ldr", "ldaddal", "b.eq", "cset".
type Opcode string

// Instruction is one instruction. The operands stand as in the manual's
// assembler syntax; a shift or an extension is an operand of its own, after the
// register or immediate that it changes.
type Instruction struct {
	Op       Opcode
	Operands []Operand
}

// New returns an instruction. Encode tells whether there is such a one.
func New(op Opcode, operands ...Operand) Instruction {
	return Instruction{Op: op, Operands: operands}
}

// Size is the length of every instruction in bytes.
const Size = 4

// Encode returns the instruction's four bytes, in little-endian order as
// instructions are whatever the data's. The error says what was expected of the
// opcode or operand that has no encoding; a [Label] has none before it is resolved.
func (in Instruction) Encode() ([]byte, error) {
	word, err := in.encode()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in, err)
	}
	return binary.LittleEndian.AppendUint32(nil, word), nil
}

func (in Instruction) encode() (uint32, error) {
	base, err := expand(in)
	if err != nil {
		return 0, err
	}
	e, ok := encodings[base.Op]
	if !ok {
		return 0, fmt.Errorf("unknown instruction: expected an A64 instruction in lower case")
	}
	f := &fields{operands: base.Operands}
	e.encode(f)
	if f.err == nil && f.next < len(f.operands) {
		f.fail("operand %v is one too many", f.operands[f.next])
	}
	return f.word, f.err
}

// Feature is the architectural feature that an opcode needs beyond Armv8.0,
// "FEAT_LSE" for example, or "".
func (op Opcode) Feature() string {
	if a, ok := aliases[op]; ok {
		op = a.base
	}
	return encodings[op].feature
}
