package arm64

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/aarch64"
)

func translated(t *testing.T, text string, symbolic map[string]int) (Instruction, error) {
	t.Helper()
	node, err := aarch64.Dialect.Parse(text, source.Pos{})
	require.NoError(t, err, text)
	return Translate(node.(*aarch64.Instruction), symbolic)
}

func TestTranslate(t *testing.T) {
	symbolic := map[string]int{"%a": 5, "%x": 6}
	for text, want := range map[string]string{
		"MOV W0,#-7":              "mov w0, #-7",
		"LDR W0,[X%a]":            "ldr w0, [x5]",
		"STR W%x,[X%a],#8":        "str w6, [x5], #8",
		"LDR X0,[SP,#8]!":         "ldr x0, [sp, #8]!",
		"LDR W0,[X1,W2]":          "ldr w0, [x1, w2, uxtw]",
		"LDR W0,[X1,W2,LSL #2]":   "ldr w0, [x1, w2, uxtw #2]",
		"LDRH W0,[X1,X2,SXTW]":    "ldrh w0, [x1, w2, sxtw]",
		"LDR X0,[X1,X2,UXTX #3]":  "ldr x0, [x1, x2, lsl #3]",
		"LDR X0,[X1,X2,SXTX]":     "ldr x0, [x1, x2, sxtx]",
		"LDRB W0,[X1,X2,LSL #0]":  "ldrb w0, [x1, x2]",
		"ADD X0,X1,X2,UXTB #2":    "add x0, x1, w2, uxtb #2",
		"ADD X0,X1,X2,SXTX":       "add x0, x1, x2, sxtx",
		"ADDS W0,W1,W2,ASR #31":   "adds w0, w1, w2, asr #31",
		"MOVK X0,#1,LSL #16":      "movk x0, #1, lsl #16",
		"CSEL W1,WZR,W2,HS":       "csel w1, wzr, w2, cs",
		"BHI over":                "b.hi over",
		"CBNZ W3,.+8":             "cbnz w3, .+8",
		"CASPA X0,X1,X2,X3,[X4]":  "caspa x0, x1, x2, x3, [x4]",
		"DMB ISHLD":               "dmb ishld",
		"DSB SY":                  "dsb sy",
		"ISB":                     "isb",
		"ISB SY":                  "isb sy",
		"BTI":                     "hint #32",
		"BTI JC":                  "hint #38",
		"WFE":                     "wfe",
		"RET":                     "ret",
		"MRS X0,NZCV":             "mrs x0, nzcv",
		"MSR NZCV,X0":             "msr nzcv, x0",
		"PRFM PSTL3STRM,[X0]":     "prfm pstl3strm, [x0]",
		"PRFM #31,[X0,#8]":        "prfm #31, [x0, #8]",
		"CCMP X0,#1,#2,NE":        "ccmp x0, #1, #2, ne",
		"LDIAPP W0,W1,[X2],#8":    "ldiapp w0, w1, [x2], #8",
		"ADR X1,Table":            "adr x1, Table",
		"SMADDL X4,W2,W1,X3":      "smaddl x4, w2, w1, x3",
		"STADDL W1,[X0]":          "staddl w1, [x0]",
		"MOV WSP,W1":              "mov wsp, w1",
		"LDR X0,Table":            "ldr x0, Table",
		"SBFM W23,W18,#24,#7":     "sbfm w23, w18, #24, #7",
		"STP XZR,X2,[SP,#-16]!":   "stp xzr, x2, [sp, #-16]!",
		"LDAPURSW X0,[X1,#-1]":    "ldapursw x0, [x1, #-1]",
		"STXR W%x,X%a,[X0]":       "stxr w6, x5, [x0]",
		"AND W2,W1,#2":            "and w2, w1, #2",
		"HINT #5":                 "hint #5",
		"EOR X4,X3,X3,ROR #63":    "eor x4, x3, x3, ror #63",
		"ADD X0,X1,#1,LSL #12":    "add x0, x1, #1, lsl #12",
		"CMP X0,W1,SXTW #2":       "cmp x0, w1, sxtw #2",
		"SMIN X0,X1,#-3":          "smin x0, x1, #-3",
		"B .-4":                   "b .-4",
		"TBZ X0,#33,over":         "tbz x0, #33, over",
		"BLR X1":                  "blr x1",
		"LDNP W0,W1,[X2,#8]":      "ldnp w0, w1, [x2, #8]",
		"PRFUM PLDL1KEEP,[X0,#1]": "prfum pldl1keep, [x0, #1]",
	} {
		in, err := translated(t, text, symbolic)
		require.NoError(t, err, text)
		assert.Equal(t, want, in.String(), text)
		for i, o := range in.Operands {
			if _, ok := o.(Label); ok {
				in.Operands[i] = Distance(0)
			}
		}
		_, err = in.Encode()
		assert.NoError(t, err, text)
	}
}

func TestTranslateRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"STR WZR,[C1]":      "STR WZR,[C1]: capability register C1 is not supported",
		"MSR VNCR_EL2,X0":   "MSR VNCR_EL2,X0: system register VNCR_EL2 is not supported at this privilege",
		"HLT #1":            "HLT #1: it halts for a debugger, or is undefined without: not supported",
		"BTI Z":             "BTI Z: expected BTI C, J or JC",
		"LDR X0,[X%a]":      "LDR X0,[X%a]: symbolic register %a has no number of a register",
		"PRFM FROB,[X0]":    "PRFM FROB,[X0]: operand FROB is not supported",
		"LDR X0,[X1,X%big]": "LDR X0,[X1,X%big]: symbolic register %big has no number of a register",
	} {
		_, err := translated(t, text, map[string]int{"%big": 31})
		assert.EqualError(t, err, want)
	}
}

// Every instruction of the tests that are there has an encoding, or is refused with an error that names it.
func TestTranslateCatalog(t *testing.T) {
	encoded, refused := translateAll(t, catalogTests())
	assert.Positive(t, encoded)
	assert.Empty(t, refused)
}

func TestTranslateCorpus(t *testing.T) {
	encoded, refused := translateAll(t, corpusTests(t))
	t.Logf("%d instructions encoded, refused %v", encoded, refused)
	assert.Positive(t, encoded)
	assert.Equal(t, []string{"MSR VNCR_EL2,X0", "STR WZR,[C1]"}, refused)
}

// translateAll counts the instructions of the AArch64 ones among tests that encode, and returns the texts of those that are refused.
func translateAll(t *testing.T, tests map[string][]byte) (encoded int, refused []string) {
	t.Helper()
	texts := map[string]bool{}
	for name, text := range tests {
		test, err := litmus.Parse(name, text)
		if err != nil || test.Dialect != "AArch64" {
			continue // Tests that ask for instruction fetch or virtual memory do not parse.
		}
		for _, thread := range test.Threads {
			symbolic := map[string]int{}
			for _, line := range thread.Lines {
				in, ok := line.Node.(*aarch64.Instruction)
				if !ok {
					continue
				}
				numberSymbolic(in, symbolic)
				if err := encodesAlone(in, symbolic); err != nil {
					assert.Contains(t, strings.ToUpper(err.Error()), in.Mnemonic()+" ", "the error names the instruction")
					texts[in.String()] = true
					continue
				}
				encoded++
			}
		}
	}
	return encoded, slices.Sorted(maps.Keys(texts))
}

// numberSymbolic gives the symbolic registers of an instruction numbers that the tests do not use.
func numberSymbolic(in *aarch64.Instruction, symbolic map[string]int) {
	give := func(r aarch64.Register) {
		if _, ok := symbolic[r.Name]; !ok && strings.HasPrefix(r.Name, "%") {
			symbolic[r.Name] = 28 - len(symbolic)
		}
	}
	for _, o := range in.Operands() {
		switch o := o.(type) {
		case aarch64.Register:
			give(o)
		case aarch64.Address:
			give(o.Base)
			give(o.Index)
		}
	}
}

// encodesAlone translates and encodes an instruction, its labels being right after it.
func encodesAlone(in *aarch64.Instruction, symbolic map[string]int) error {
	machine, err := Translate(in, symbolic)
	if err != nil {
		return err
	}
	var a Assembler
	a.Add(machine)
	for _, o := range machine.Operands {
		if l, ok := o.(Label); ok {
			a.Label(string(l))
		}
	}
	_, err = a.Assemble()
	return err
}
