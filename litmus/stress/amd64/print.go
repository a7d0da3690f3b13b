package amd64

import (
	"fmt"
	"strconv"
	"strings"
)

var registerNames = [...]string{
	RAX: "rax", RCX: "rcx", RDX: "rdx", RBX: "rbx", RSP: "rsp", RBP: "rbp", RSI: "rsi", RDI: "rdi",
	R8: "r8", R9: "r9", R10: "r10", R11: "r11", R12: "r12", R13: "r13", R14: "r14", R15: "r15",
	AH: "ah", CH: "ch", DH: "dh", BH: "bh", RIP: "rip",
}

var conditionNames = [...]string{"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"}

var suffixes = map[Size]string{1: "b", 2: "w", 4: "l", 8: "q"}

// ParseRegister finds the register of a name in lower case, without %, and its size: "r8d" is R8, of 4 bytes.
func ParseRegister(name string) (Register, Size, bool) {
	for _, size := range []Size{8, 4, 2, 1} {
		for r := RAX; r <= BH; r++ {
			if r.whole() && r.name(size) == name || r.high() && size == 1 && r.name(1) == name {
				return r, size, true
			}
		}
	}
	return NoRegister, 0, false
}

// String is the name of all of the register, without %: "rax".
func (r Register) String() string { return r.name(8) }

// name is the name of the part of r that has that size (table 3-1).
func (r Register) name(size Size) string {
	if r == NoRegister || int(r) >= len(registerNames) {
		return fmt.Sprintf("register(%d)", uint8(r))
	}
	name := registerNames[r]
	switch {
	case !r.whole() || size == 8 || size == 0:
		return name
	case r >= R8:
		return name + map[Size]string{4: "d", 2: "w", 1: "b"}[size]
	case size == 4:
		return "e" + name[1:]
	case size == 2:
		return name[1:]
	case r <= RBX:
		return name[1:2] + "l"
	}
	return name[1:] + "l"
}

// String is the condition's code: "ne".
func (c Condition) String() string {
	if int(c) >= len(conditionNames) {
		return fmt.Sprintf("condition(%d)", uint8(c))
	}
	return conditionNames[c]
}

// String is the opcode's mnemonic, without condition code or sizes.
func (op Op) String() string {
	if op == 0 || int(op) >= len(opcodes) {
		return fmt.Sprintf("opcode(%d)", uint8(op))
	}
	return opcodes[op].mnemonic
}

// String is the instruction in GNU as syntax, as disassemblers print it: numbers in hexadecimal, and a size suffix only
// where no register tells the size.
func (in Instruction) String() string {
	name := in.Op.String()
	if in.Lock {
		name = "lock " + name
	}
	_, dstTells := in.Dst.(Register)
	_, srcTells := in.Src.(Register)
	switch in.Op {
	case Jcc, Setcc, Cmovcc:
		name += in.Condition.String()
		dstTells = true
	case Movzx, Movsx:
		name += suffixes[in.From] + suffixes[in.Size]
		dstTells = true
	case Shl, Shr, Sar:
		srcTells = false
	}
	if !dstTells && !srcTells {
		name += suffixes[in.Size]
	}
	var operands []string
	if in.Src != nil {
		operands = append(operands, in.Src.text(in.sourceSize()))
	}
	if in.Dst != nil {
		text := in.Dst.text(in.Size)
		if in.Op == Call || in.Op == Jmp && dstTells {
			text = "*" + text
		}
		operands = append(operands, text)
	}
	if len(operands) == 0 {
		return name
	}
	return name + " " + strings.Join(operands, ",")
}

func (r Register) text(size Size) string { return "%" + r.name(size) }

// text is a number of the size, with the sign that it has there. Bytes are without sign.
func (i Immediate) text(size Size) string {
	v := i.signed(size)
	switch {
	case !i.fits(size):
		v = int64(i)
	case size == 1:
		v &= 0xff
	}
	return "$" + hexadecimal(v)
}

func (m Memory) text(Size) string {
	var b strings.Builder
	b.WriteString(string(m.Label))
	bare := m.Base == NoRegister && m.Index == NoRegister
	switch {
	case m.Label != "" && m.Disp > 0:
		b.WriteString("+" + hexadecimal(int64(m.Disp)))
	case m.Disp != 0 || bare && m.Label == "":
		b.WriteString(hexadecimal(int64(m.Disp)))
	}
	if bare {
		return b.String()
	}
	size := Size(8)
	if m.Narrow {
		size = 4
	}
	b.WriteByte('(')
	if m.Base != NoRegister {
		b.WriteString(m.Base.text(size))
	}
	if m.Index != NoRegister {
		b.WriteString("," + m.Index.text(size))
		if m.Scale != 1 {
			fmt.Fprintf(&b, ",%d", m.Scale)
		}
	}
	b.WriteByte(')')
	return b.String()
}

func (l Label) text(Size) string { return string(l) }

func hexadecimal(n int64) string {
	if n < 0 {
		return "-0x" + strconv.FormatUint(-uint64(n), 16)
	}
	return "0x" + strconv.FormatInt(n, 16)
}
