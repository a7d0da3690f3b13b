package x86

import (
	"fmt"
	"strings"
)

// operandKind tells what an operand is.
type operandKind uint8

const (
	register operandKind = iota
	immediate
	memory
)

// operand is a register, a constant, or a memory location SYMBOL + DISP + BASE + INDEX*SCALE.
type operand struct {
	kind    operandKind
	reg     view
	symbol  string // of a memory operand or of an immediate address; "" if none
	disp    int64  // the immediate's value
	base    *view
	index   *view
	scale   int64
	segment string
}

// instruction is a parsed instruction, an [ir.Node].
type instruction struct {
	dialect  *Dialect
	op       *operation
	mnemonic string // in lower case, without size suffix
	suffix   string // b, w, l or q as written, or ""
	lock     bool
	size     uint8     // bytes of the operands
	from     uint8     // of the source of movz and movs
	cond     string    // canonical condition code of jumps, sets and conditional moves
	operands []operand // destination first
	label    string
}

// String is the instruction in its dialect's syntax.
func (in *instruction) String() string {
	name := in.mnemonic + in.suffix
	if in.lock {
		name = "lock " + name
	}
	if !in.dialect.att {
		name = strings.ToUpper(name)
	}
	if in.label != "" {
		return name + " " + in.label
	}
	if len(in.operands) == 0 {
		return name
	}
	texts := make([]string, len(in.operands))
	for i, o := range in.operands {
		at := i
		if in.dialect.att {
			at = len(texts) - 1 - i
		}
		texts[at] = o.text(in.dialect.att)
	}
	return name + " " + strings.Join(texts, ",")
}

// text prints an operand.
func (o operand) text(att bool) string {
	switch o.kind {
	case register:
		return o.reg.text(att)
	case immediate:
		return "$" + symbolic(o.symbol, o.disp)
	}
	var b strings.Builder
	if o.segment != "" {
		b.WriteString("%" + o.segment + ":")
	}
	if !att {
		var parts []string
		if o.symbol != "" {
			parts = append(parts, o.symbol)
		}
		if o.base != nil {
			parts = append(parts, o.base.text(false))
		}
		if o.index != nil {
			parts = append(parts, fmt.Sprintf("%s*%d", o.index.text(false), o.scale))
		}
		b.WriteString("[" + strings.Join(parts, "+"))
		if o.disp != 0 || len(parts) == 0 {
			if len(parts) > 0 {
				fmt.Fprintf(&b, "%+d", o.disp)
			} else {
				fmt.Fprintf(&b, "%d", o.disp)
			}
		}
		b.WriteString("]")
		return b.String()
	}
	if o.base == nil && o.index == nil {
		b.WriteString("(" + symbolic(o.symbol, o.disp) + ")")
		return b.String()
	}
	if o.symbol != "" || o.disp != 0 {
		b.WriteString(symbolic(o.symbol, o.disp))
	}
	b.WriteByte('(')
	if o.base != nil {
		b.WriteString(o.base.text(true))
	}
	if o.index != nil {
		fmt.Fprintf(&b, ",%s,%d", o.index.text(true), o.scale)
	}
	b.WriteByte(')')
	return b.String()
}

func (v view) text(att bool) string {
	if att || v.size == 0 {
		return "%" + v.name
	}
	return v.name
}

// symbolic prints SYMBOL+DISP.
func symbolic(symbol string, disp int64) string {
	switch {
	case symbol == "":
		return fmt.Sprint(disp)
	case disp == 0:
		return symbol
	}
	return fmt.Sprintf("%s%+d", symbol, disp)
}
