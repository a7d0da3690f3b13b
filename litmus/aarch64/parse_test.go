package aarch64

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

var pos = source.Pos{File: "t.litmus", Line: 7, Col: 3}

func TestSpelling(t *testing.T) {
	for text, want := range map[string]string{
		"ldr x1, [SP]":                 "LDR X1,[SP]",
		"mov W0,1":                     "MOV W0,#1",
		"MOV W0, #0x2A":                "MOV W0,#42",
		"MOV X0,#0xffffffffffffffff":   "MOV X0,#-1",
		"ADD X0,X1,X2,lsl 4":           "ADD X0,X1,X2,LSL #4",
		"ADD X4 , X9,W2,sxtw":          "ADD X4,X9,W2,SXTW",
		"add x4,x9,w2,uxtb #2":         "ADD X4,X9,W2,UXTB #2",
		"LDR W1,[X%P1_y]":              "LDR W1,[X%P1_y]",
		"mov x0,%sym":                  "MOV X0,X%sym",
		"mov w0,w%sym":                 "MOV W0,W%sym",
		"STR W1,[X2],#+4":              "STR W1,[X2],#4",
		"LDRSW X2,[X0,#-16] !":         "LDRSW X2,[X0,#-16]!",
		"LDRB W0,[X1,X2,LSL #0]":       "LDRB W0,[X1,X2]",
		"LDR W0,[X1,#0]":               "LDR W0,[X1]",
		"beq over":                     "B.EQ over",
		"b.hs L1":                      "B.CS L1",
		"blo L1":                       "B.CC L1",
		"BL L1":                        "BL L1",
		"BLE L1":                       "B.LE L1",
		"b X0":                         "B X0",
		"b . + 8":                      "B .+8",
		"CBNZ W3,LC00":                 "CBNZ W3,LC00",
		"csel w1,wzr,w2,lo":            "CSEL W1,WZR,W2,CC",
		"mov wsp,w1":                   "MOV WSP,W1",
		"cas w0,w1,[x2,#0]":            "CAS W0,W1,[X2]",
		"STR WZR,[C1]":                 "STR WZR,[C1]",
		"STR WZR,[CSP]":                "STR WZR,[CSP]",
		"dmb ish":                      "DMB ISH",
		"ret":                          "RET",
		"RET x3":                       "RET X3",
		"\t movk w0 , #1 , LSL #0  \n": "MOVK W0,#1,LSL #0",
		"mrs x0,nzcv":                  "MRS X0,NZCV",
		"prfm pldl1keep,[x0]":          "PRFM PLDL1KEEP,[X0]",
		"LDR X0,.Ltable":               "LDR X0,.Ltable",
	} {
		n, err := Dialect.Parse(text, pos)
		require.NoError(t, err, text)
		assert.Equal(t, want, n.String(), text)
	}
}

func TestRelative(t *testing.T) {
	offset := func(label string) (int, bool) {
		n, ok := map[string]int{"L0": 8, "back": -4, "here": 0}[label]
		return n, ok
	}
	for text, want := range map[string]string{
		"B L0": "B .+8", "B.NE back": "B.NE .-4", "ADR X0,here": "ADR X0,.+0", "CBZ W1,L0": "CBZ W1,.+8", "TBZ X1,#3,L0": "TBZ X1,#3,.+8",
		"BL elsewhere": "BL elsewhere", "B .+12": "B .+12", "ADD W4,W4,#1": "ADD W4,W4,#1",
	} {
		n, err := Dialect.Parse(text, pos)
		require.NoError(t, err)
		assert.Equal(t, want, n.(*Instruction).Relative(offset))
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "3: expected an instruction",
		"FROB X0":                      "3: unknown instruction FROB",
		"ADD X0,X1":                    `12: ADD: expected a register or an immediate after this`,
		"ADD X0,X1,X2,X3":              `16: ADD: expected a shift or an extension, such as LSL #2 or SXTW, found "X3"`,
		"ADD X0,X1,X2,LSL #64":         "16: ADD: LSL by 64: expected less than 64",
		"ADD X0,W1,X2":                 "10: ADD: W1 is 32 bits wide where 64 are expected",
		"ADD X0,X1,W2":                 "13: ADD: W2 is 32 bits wide where 64 are expected",
		"ADD X0,X1,W2,LSL #1":          "16: ADD: W2 needs an extension, such as SXTW, found LSL",
		"ADD X0,X1,#1,SXTW":            "16: ADD: SXTW extends a register, not an immediate",
		"MOV X31,#1":                   `7: MOV: expected a register, such as X0 or W0, found "X31"`,
		"MOV X01,#1":                   `found "X01"`,
		"NOP X0":                       `7: NOP: "X0" is one operand too many`,
		"LDR X0,[X1":                   "13: expected the closing bracket",
		"LDR X0,X1]":                   "without its opening bracket",
		"LDR X0,[W1]":                  `11: LDR: expected an X register or SP as base, found "W1"`,
		"LDR X0,[XZR]":                 "as base",
		"LDR X0,[X1,D2]":               "vector register D2",
		"LDR X0,[X1]!":                 "expected an offset",
		"LDR X0,[X1,X2]!":              "expected an address",
		"LDR X0,[X1,X2,ROR 1]":         "expected SXTW, UXTW, SXTX or LSL of the index",
		"LDR X0,[X1,W2,SXTX]":          "SXTX of W2: expected SXTW or UXTW",
		"LDR X0,[X1,X2,X3,X4]":         "expected an address",
		"LDR X0,[]":                    "expected an address",
		"LDR X0,[X1],X2":               `expected an immediate, such as #1, found "X2"`,
		"LDAR X0,[X1,#8]":              "expected an address without offset",
		"LDP X0,X1,[X2,X3]":            "expected an address with an immediate offset",
		"LDR D0,[X1]":                  "7: vector register D0: vector instructions are not supported",
		"STR Q3,[X1]":                  "vector register Q3",
		"ADD V0.4S,V1.4S,V2.4S":        "vector register V0.4S",
		"LD1 {V0.4S},[X1]":             "3: vector instruction LD1 is not supported",
		"WHILELT P0.S,W0,W1":           "vector instruction WHILELT is not supported",
		"STG X0,[X1]":                  "tag instruction STG is not supported",
		"TLBI VAAE1IS,X9":              "virtual memory instruction TLBI is not supported",
		"AT S1E1R,X0":                  "virtual memory instruction AT",
		"DC CVAU,X0":                   "cache maintenance instruction DC",
		"SVC #0":                       "exception instruction SVC",
		"ERET":                         "exception instruction ERET",
		"UDF #0":                       "exception instruction UDF",
		"PACIASP":                      "pointer authentication instruction PACIASP",
		"MOV C0,C1":                    "7: capability register C0: capability instructions are not supported",
		"CPYTYPE C0,C1,C2":             "capability instruction CPYTYPE",
		"MRS X0,SP_EL0":                "10: MRS: system register SP_EL0 is not supported",
		"DMB FULL":                     "expected a barrier option: SY, ST, LD",
		"DMB":                          "6: DMB: expected a barrier option",
		"CSEL X0,X1,X2,XX":             `expected a condition, such as EQ, found "XX"`,
		"B 8":                          `expected a label, or a distance such as .+8, found "8"`,
		"MOV X0,#99999999999999999999": "expected a register or an immediate",
	} {
		_, err := Dialect.Parse(text, pos)
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), want, text)
		assert.True(t, strings.HasPrefix(err.Error(), "t.litmus:7:"), "%s: %v", text, err)
	}
}

func TestLoweringErrors(t *testing.T) {
	for text, want := range map[string]string{
		"B .-8":                 "t.litmus:7:3: B .-8: the distance goes before the first instruction",
		"B .+2":                 "multiple of 4 bytes",
		"LSL W0,W1,#32":         "expected a shift of 0 to 31",
		"TBZ W0,#40,end":        "expected a bit number of 0 to 31",
		"MOVZ W0,#1,LSL #48":    "LSL by 48",
		"MOVZ W0,#1,LSL #8":     "multiple of 16",
		"UBFX W0,W1,#30,#8":     "expected a bit field within 32 bits",
		"UBFM W0,W1,#30,#40":    "expected a bit field within 32 bits",
		"BFC X0,#60,#8":         "expected a bit field within 64 bits",
		"EXTR W0,W1,W2,#32":     "expected a bit number of 0 to 31",
		"CCMP X0,X1,#16,EQ":     "expected flags of 0 to 15",
		"CSET X0,AL":            "AL does not go with this instruction",
		"LDXP X0,X0,[X1]":       "expected two different registers",
		"LDIAPP X0,X1,[X2,#8]":  "expected [X2] or [X2],#16",
		"STILP X0,X1,[X2,#-8]!": "expected [X2] or [X2,#-16]!",
		"CBZ X0,nowhere":        "label nowhere is not defined in P0",
	} {
		m := &machine{regs: map[string]ir.Value{}}
		node, err := Dialect.Parse(text, pos)
		if err == nil {
			b := ir.NewBuilder(&ir.Program{}, 0)
			b.Instruction(text, pos)
			if err = node.Lower(b, pos); err == nil {
				err = b.Finish()
			}
		}
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), want, text)
		assert.Empty(t, m.trace)
	}
}

func TestRegister(t *testing.T) {
	for name, want := range map[string]string{
		"X0": "X0", "w3": "X3", "x30": "X30", "wsp": "SP", "SP": "SP", "xzr": "XZR", "X%P1_y": "%P1_y", "w%a": "%a", "%a": "%a",
		"vncr_el2": "VNCR_EL2",
	} {
		got, ok := Dialect.Register(name)
		assert.True(t, ok, name)
		assert.Equal(t, want, got)
	}
	for _, name := range []string{"", "X", "X31", "X00", "Y0", "C1", "D0", "%", "PSTATE.Z", "NZCV", "x"} {
		_, ok := Dialect.Register(name)
		assert.False(t, ok, name)
	}
}

// instructions draws an instruction of every form.
func instructions() *rapid.Generator[*Instruction] {
	names := slices.Sorted(maps.Keys(forms))
	return rapid.Custom(func(t *rapid.T) *Instruction {
		in := &Instruction{mnemonic: rapid.SampledFrom(names).Draw(t, "mnemonic")}
		in.form = forms[in.mnemonic]
		size := rapid.SampledFrom([]uint8{4, 8}).Draw(t, "size")
		drawn := func(size uint8) register {
			name := rapid.SampledFrom([]string{"X0", "X7", "X30", "XZR", "SP", "%a", "%P1_b"}).Draw(t, "register")
			return register{name, size}
		}
		small := func() int64 { return rapid.Int64Range(0, 3).Draw(t, "small") }
		for _, c := range in.form.operands {
			if c.optional && rapid.Bool().Draw(t, "stop") {
				break
			}
			var o operand
			switch c.kind {
			case general:
				o = drawn(size)
			case wide:
				o = drawn(8)
			case narrow:
				o = drawn(4)
			case flexible:
				if o = drawn(size); rapid.Bool().Draw(t, "immediate") {
					o = immediate(rapid.Int64().Draw(t, "n"))
				}
			case modifying:
				shifts := []string{"LSL", "LSR", "ASR", "ROR"}
				if _, ok := in.operands[len(in.operands)-1].(register); ok {
					shifts = append(shifts, slices.Sorted(maps.Keys(extensions))...)
				}
				o = modifier{rapid.SampledFrom(shifts).Draw(t, "modifier"), small()}
			case shifting:
				o = modifier{"LSL", 16 * (small() / 2)}
			case constant:
				o = immediate(small())
			case based:
				o = address{base: register{"X1", 8}}
			case addressed, located:
				a := address{base: register{"SP", 8}, mode: indexing(rapid.IntRange(0, 2).Draw(t, "mode")), offset: rapid.Int64Range(-9, 9).Draw(t, "offset")}
				if rapid.Bool().Draw(t, "indexed") {
					a = address{base: a.base, index: register{"X2", size}, indexed: true}
					if rapid.Bool().Draw(t, "extended") {
						a.extend = modifier{rapid.SampledFrom([]string{"SXTW", "UXTW"}).Draw(t, "extend"), small()}
					}
				}
				o = a
			case paired:
				o = address{base: register{"X1", 8}, mode: indexing(rapid.IntRange(0, 2).Draw(t, "mode")), offset: 16}
			case labelled:
				o = rapid.SampledFrom([]operand{target{label: "L0"}, target{relative: true, offset: 8}, target{label: ".La/b$"}}).Draw(t, "target")
			case conditional:
				o = rapid.SampledFrom(append(slices.Sorted(maps.Keys(inverses)), "AL")).Draw(t, "condition")
			case barrierScope:
				o = option(rapid.SampledFrom(barrierOptions).Draw(t, "option"))
			case systemNamed:
				o = rapid.SampledFrom([]operand{systemNZCV, systemVNCR}).Draw(t, "system")
			case hinting:
				o = option("PLDL1KEEP")
			}
			in.operands = append(in.operands, o)
		}
		return in
	})
}

// TestRoundTrip: an instruction prints as text that parses to it, in either case, and lowers without a panic.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := instructions().Draw(t, "instruction")
		text := in.String()
		got, err := parse(text, pos)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		assert.Equal(t, in.operands, got.operands, text)
		assert.Same(t, in.form, got.form, text)
		b := ir.NewBuilder(&ir.Program{}, 0)
		b.Instruction(text, pos)
		if err := got.Lower(b, pos); err == nil {
			_ = b.Label("L0", pos)
			_ = b.Label(".La/b$", pos)
			if err := b.Finish(); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"LDR X0,[X1,W2,SXTW #2]", "STP X0,X1,[SP,#-16]!", "LDR W0,[X1],#4", "ADD X0,X1,W2,UXTB #3", "MOVK W0,#0xbeef,LSL #16",
		"CASPAL X0,X1,X2,X3,[X4]", "B.NE .+8", "CSEL W0,WZR,W%x,EQ", "TBZ X0,#63,L", "MRS X0,NZCV", "DMB ISHLD", "STR WZR,[C1]",
		"LD1 {V0.4S},[X1]", "ccmp x0,#1,#15,ne", "\x00", "[", ",", "LDR X0,[X1,", "ADD X0,X1,#-9223372036854775808",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, err := parse(text, pos)
		if err != nil {
			if _, ok := err.(*source.Error); !ok {
				t.Fatalf("%q: an error without a position: %v", text, err)
			}
			return
		}
		again, err := parse(in.String(), pos)
		if err != nil {
			t.Fatalf("%q prints as %q: %v", text, in, err)
		}
		if again.String() != in.String() {
			t.Fatalf("%q prints as %q, then as %q", text, in, again)
		}
		b := ir.NewBuilder(&ir.Program{}, 0)
		b.Instruction(text, pos)
		if in.Lower(b, pos) == nil {
			_ = b.Finish()
		}
	})
}
