package aarch64

import (
	"fmt"
	"strconv"
)

// operand is an operand of an instruction: a register, immediate, modifier,
// address, target, condition, option or systemRegister.
type operand interface{ String() string }

// class is a kind of operand that a form takes.
type class struct {
	kind     kind
	optional bool
}

type kind uint8

const (
	general      kind = iota // X or W register; the first of an instruction sets the width of the others
	wide                     // X register
	narrow                   // W register
	flexible                 // register of the instruction's width or immediate, as the second source of arithmetic
	modifying                // shift or extension of the operand before
	shifting                 // LSL only
	constant                 // immediate
	based                    // [Xn]
	addressed                // any addressing form of a single access
	located                  // the same, or a label
	paired                   // [Xn], [Xn,#imm], pre- and post-index
	labelled                 // a code label or a distance
	conditional              // EQ, NE, …
	barrierScope             // SY, ISHLD, …
	systemNamed              // a system register
	hinting                  // anything; it means nothing here
)

// letters are how the tables write the kinds of operands.
var letters = map[byte]kind{
	'r': general, 'x': wide, 'w': narrow, 'o': flexible, 'm': modifying, 's': shifting, 'i': constant,
	'b': based, 'a': addressed, 'A': located, 'p': paired, 'l': labelled, 'c': conditional, 'f': barrierScope,
	'S': systemNamed, 'h': hinting,
}

// takes reads a table's operand list: a letter each, "?" after optional ones.
func takes(signature string, lower func(*lowering) error) *form {
	f := &form{lower: lower}
	for i := range len(signature) {
		if signature[i] == '?' {
			f.operands[len(f.operands)-1].optional = true
			continue
		}
		k, ok := letters[signature[i]]
		if !ok {
			panic("aarch64: signature " + signature)
		}
		f.operands = append(f.operands, class{kind: k})
	}
	return f
}

type immediate int64

func (n immediate) String() string { return "#" + strconv.FormatInt(int64(n), 10) }

// modifier is a shift or an extension of a register or of an immediate.
type modifier struct {
	name   string // LSL, LSR, ASR, ROR, UXTB, …, SXTX
	amount int64  // of the shift, or of the left shift after the extension
}

func (m modifier) String() string {
	if _, ok := extensions[m.name]; ok && m.amount == 0 {
		return m.name
	}
	return fmt.Sprintf("%s #%d", m.name, m.amount)
}

// target is where a branch goes or what ADR takes the address of.
type target struct {
	label    string
	relative bool // offset, not label, says where
	offset   int  // in bytes from this instruction
}

func (t target) String() string {
	if t.relative {
		return fmt.Sprintf(".%+d", t.offset)
	}
	return t.label
}

// option is a barrier's option, or another word.
type option string

func (o option) String() string { return string(o) }
