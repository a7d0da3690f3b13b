package arm64

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/arch/arm64/arm64asm"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/aarch64"
)

func TestDecodes(t *testing.T) {
	for _, in := range edges() {
		assert.Equal(t, knownToXArch(in.Op), decodes(t, in), "%s", in)
	}
}

// knownToXArch reports whether golang.org/x/arch reads an opcode: it does those of Armv8.0, but for IC, and nothing of
// the features after it.
func knownToXArch(op Opcode) bool { return op.Feature() == "" && op != "ic" }

func TestDecodesDrawn(t *testing.T) {
	instructions := drawn()
	rapid.Check(t, func(t *rapid.T) { decodes(t, instructions.Draw(t, "instruction")) })
}

// decodes holds what x/arch reads in an instruction's bytes against the instruction. It reports whether x/arch knows it.
func decodes(t require.TestingT, in Instruction) bool {
	code, err := in.Encode()
	require.NoError(t, err)
	decoded, err := arm64asm.Decode(code)
	if err != nil {
		return false
	}
	text := arm64asm.GNUSyntax(decoded)
	if normal(text) == normal(in.String()) {
		return true
	}
	// The disassembler prefers an alias, or the instruction of which this is one.
	want, err := expand(in)
	require.NoError(t, err)
	node, err := aarch64.Dialect.Parse(normal(text), source.Pos{})
	require.NoError(t, err, "%s became %s", in, text)
	read, err := Translate(node.(*aarch64.Instruction), nil)
	require.NoError(t, err, "%s became %s", in, text)
	got, err := expand(read)
	require.NoError(t, err, "%s became %s", in, text)
	require.Equal(t, spelled(want).String(), spelled(got).String(), "%s became %s", in, text)
	return true
}

// spelled is one of the several spellings of an instruction that is no alias: without a shift by nothing, with LSL for
// an extension that extends nothing, with immediates that are shifted as written, and with LDUR for what LDR does not have.
func spelled(in Instruction) Instruction {
	op, operands := in.Op, slices.Clone(in.Operands)
	switch op {
	case "ret", "isb":
		if usual := map[Opcode]Operand{"ret": X(30), "isb": SY}[op]; len(operands) == 0 {
			return New(op, usual)
		}
	case "tbz", "tbnz":
		if bit := operands[1].(Immediate); bit < 32 {
			operands[0] = operands[0].(Register) &^ wide
		}
	}
	last := len(operands) - 1
	if last < 0 {
		return in
	}
	first, _ := operands[0].(Register)
	switch o := operands[last].(type) {
	case Modifier:
		if first.isStack() || operands[1].String() == "sp" || operands[1].String() == "wsp" {
			if o.Shift == UXTX || o.Shift == UXTW && !first.Wide() {
				o.Shift = LSL
			}
		}
		operands[last] = o
		if o == (Modifier{LSL, 0}) {
			operands = operands[:last]
		}
	case Immediate:
		if o > 0xfff && strings.Contains("adds subs", string(op)) {
			operands = append(operands[:last], o>>12, Modifier{LSL, 12})
		}
	case Memory:
		size := map[string]int64{"b": 1, "h": 2, "w": 4}[string(op[len(op)-1:])]
		if size == 0 {
			size = first.bits() / 8
		}
		if op == "prfm" {
			size = 8
		}
		if o.Mode == Offset && o.Index == 0 && (o.Offset < 0 || o.Offset%size != 0) {
			for _, name := range []string{"ldr", "str", "prf"} {
				if rest, ok := strings.CutPrefix(string(op), name); ok {
					op = Opcode(map[string]string{"ldr": "ldur", "str": "stur", "prf": "prfu"}[name] + rest)
				}
			}
		}
	}
	return New(op, operands...)
}

// systemRegisters gives system registers the names that say their encoding: x/arch has no others for these.
var systemRegisters = strings.NewReplacer("nzcv", "s3_3_c4_c2_0", "cntfrq_el0", "s3_3_c14_c0_0", "cntvct_el0", "s3_3_c14_c0_2")

var number = regexp.MustCompile(`[#.][+-]?(0x[0-9a-f]+|[0-9]+)`)

// normal is an instruction's text with signed decimal numbers and no spaces but the one after the mnemonic.
func normal(text string) string {
	mnemonic, operands, _ := strings.Cut(strings.TrimSpace(text), " ")
	operands = systemRegisters.Replace(strings.ReplaceAll(operands, ", ", ","))
	operands = number.ReplaceAllStringFunc(operands, func(n string) string {
		sign := ""
		digits := strings.TrimLeft(n[1:], "+-")
		if strings.HasPrefix(n[1:], "-") {
			sign = "-"
		}
		if v, err := strconv.ParseUint(digits, 0, 64); err == nil {
			digits = strconv.FormatInt(int64(v), 10)
		}
		if n[0] == '.' && sign == "" && digits[0] != '-' {
			sign = "+"
		}
		return n[:1] + sign + digits
	})
	return strings.TrimSpace(mnemonic + " " + operands)
}
