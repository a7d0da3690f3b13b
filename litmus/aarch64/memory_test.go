package aarch64

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus/ir"
)

// x is the address of a location x, n bytes in.
func x(n int64) ir.Value { return ir.Value{Sym: 1, Int: n} }

// onMemory runs instructions with X1 = x, X2 = 16, X3 = -4 as a word, X5 … X8 = 5 … 8.
func onMemory(t *testing.T, memory map[ir.Value]ir.Value, choices []int64, code ...string) *machine {
	t.Helper()
	m := &machine{memory: map[ir.Value]ir.Value{}, choices: choices, regs: map[string]ir.Value{
		"X1": x(0), "X2": ir.Int(16), "X3": ir.Int(0xfffffffc), "SP": x(32),
		"X5": ir.Int(5), "X6": ir.Int(6), "X7": ir.Int(7), "X8": ir.Int(8),
	}}
	for k, v := range memory {
		m.memory[k] = v
	}
	require.NoError(t, m.run(code...))
	return m
}

// show prints an access: "R4 x+8=1 Exp A".
func show(a access1) string {
	var b strings.Builder
	switch a.kind {
	case ir.Load:
		b.WriteString("R")
	case ir.Fence:
		b.WriteString("F")
	default:
		b.WriteString("W")
	}
	if a.kind != ir.Fence {
		fmt.Fprintf(&b, "%d x%+d=%d", a.size, a.at.Int, a.value.Int)
	}
	for s := uint64(a.tags); s != 0; s &= s - 1 {
		if name := tags[bits.TrailingZeros64(s)]; name != "Exp" {
			b.WriteString(" " + name)
		}
	}
	if a.kind == ir.StoreCond {
		b.WriteString(" if reserved")
	}
	if a.flags&ir.Reserve != 0 {
		b.WriteString(" reserve")
	}
	if a.flags&ir.Amo != 0 {
		b.WriteString(" amo")
	}
	return b.String()
}

func (m *machine) accesses() string {
	var all []string
	for _, a := range m.trace {
		all = append(all, show(a))
	}
	return strings.Join(all, "; ")
}

func TestAddressing(t *testing.T) {
	for _, c := range []struct {
		in   string
		at   int64 // of the access, from x
		base int64 // what the base register becomes
	}{
		{"LDR X0,[X1]", 0, 0},
		{"LDR X0,[X1,#8]", 8, 0},
		{"LDR X0,[X1,#-8]", -8, 0},
		{"LDR X0,[X1,0x10]", 16, 0},
		{"LDR X0,[X1],#8", 0, 8},
		{"LDR X0,[X1,#8]!", 8, 8},
		{"STR X5,[X1],#-8", 0, -8},
		{"STR X5,[X1,#-8]!", -8, -8},
		{"STRB W5,[X1,#1]!", 1, 1},
		{"LDR X0,[X1,X2]", 16, 0},
		{"LDR X0,[X1,X2,LSL #3]", 128, 0},
		{"LDR X0,[X1,X2,SXTX]", 16, 0},
		{"LDR X0,[X1,X2,SXTX #2]", 64, 0},
		{"LDR X0,[X1,W3,SXTW]", -4, 0},
		{"LDR X0,[X1,W3,SXTW #3]", -32, 0},
		{"LDR X0,[X1,W3,UXTW]", 0xfffffffc, 0},
		{"LDR X0,[X1,W3,UXTW #2]", 0xfffffffc << 2, 0},
		{"LDR X0,[X1,X3,SXTW]", -4, 0},
		{"LDUR X0,[X1,#3]", 3, 0},
		{"LDAPUR X0,[X1,#8]", 8, 0},
		{"STLUR X5,[X1,#-8]", -8, 0},
		{"LDR X1,[X1],#8", 0, 8},
		{"LDR X0,[SP]", 32, 0},
		{"LDAR X0,[X1,#0]", 0, 0},
	} {
		m := onMemory(t, nil, nil, c.in)
		require.Len(t, m.trace, 1, c.in)
		assert.Equal(t, x(c.at), m.trace[0].at, c.in)
		assert.Equal(t, x(c.base), m.regs["X1"], c.in)
	}
}

func TestSizes(t *testing.T) {
	at := map[ir.Value]ir.Value{x(0): ir.Int(-2)} // fe ff ff …
	for in, want := range map[string]uint64{
		"LDR X0,[X1]": 0xfffffffffffffffe, "LDR W0,[X1]": 0xfffffffe, "LDRH W0,[X1]": 0xfffe, "LDRB W0,[X1]": 0xfe,
		"LDRSW X0,[X1]": 0xfffffffffffffffe, "LDRSH X0,[X1]": 0xfffffffffffffffe, "LDRSH W0,[X1]": 0xfffffffe,
		"LDRSB X0,[X1]": 0xfffffffffffffffe, "LDRSB W0,[X1]": 0xfffffffe, "LDURSB W0,[X1]": 0xfffffffe,
		"LDARB W0,[X1]": 0xfe, "LDAPRH W0,[X1]": 0xfffe, "LDXRB W0,[X1]": 0xfe, "LDPSW X0,X9,[X1]": 0xfffffffffffffffe,
	} {
		m := onMemory(t, at, nil, in)
		assert.Equal(t, fmt.Sprintf("%#x", want), fmt.Sprintf("%#x", uint64(m.regs["X0"].Int)), in)
	}
	for in, want := range map[string]string{
		"STR X3,[X1]": "W8 x+0=4294967292", "STR W3,[X1]": "W4 x+0=4294967292", "STRH W3,[X1]": "W2 x+0=65532",
		"STRB W3,[X1]": "W1 x+0=252", "STR WZR,[X1]": "W4 x+0=0", "STR XZR,[X1]": "W8 x+0=0",
	} {
		assert.Equal(t, want, onMemory(t, nil, nil, in).accesses(), in)
	}
}

func TestAccesses(t *testing.T) {
	at := map[ir.Value]ir.Value{x(0): ir.Int(3), x(4): ir.Int(4), x(8): ir.Int(9)}
	for _, c := range []struct{ code, want, regs string }{
		{"LDAR W0,[X1]", "R4 x+0=3 A", "X0=3"},
		{"LDAPR W0,[X1]", "R4 x+0=3 Q", "X0=3"},
		{"STLR W5,[X1]", "W4 x+0=5 L", ""},
		{"LDP W0,W9,[X1]", "R4 x+0=3; R4 x+4=4", "X0=3 X9=4"},
		{"LDP X0,X9,[X1]", "R8 x+0=3; R8 x+8=9", "X0=3 X9=9"},
		{"LDP W1,W9,[X1]", "R4 x+0=3; R4 x+4=4", "X1=3 X9=4"},
		{"LDNP W0,W9,[X1]", "R4 x+0=3 NT; R4 x+4=4 NT", "X0=3 X9=4"},
		{"LDP W0,W9,[X1],#4; LDR W4,[X1]", "R4 x+0=3; R4 x+4=4; R4 x+4=4", "X0=3 X9=4 X4=4"},
		{"STP W5,W6,[X1,#8]!; STR W7,[X1]", "W4 x+8=5; W4 x+12=6; W4 x+8=7", ""},
		{"LDIAPP W0,W9,[X1],#8; LDR W4,[X1]", "R4 x+0=3 Q; R4 x+4=4 Q; R4 x+8=9", "X0=3 X9=4 X4=9"},
		{"LDIAPP W1,W9,[X1]", "R4 x+0=3 Q; R4 x+4=4 Q", "X1=3 X9=4"},
		{"STILP W5,W6,[X1]", "W4 x+0=5 L; W4 x+4=6 L", ""},
		{"STILP X5,X6,[X1,#-16]!; STR X7,[X1]", "W8 x-8=6 L; W8 x-16=5 L; W8 x-16=7", ""},
		{"LDXR W0,[X1]; STXR W4,W5,[X1]", "R4 x+0=3 X EX reserve; W4 x+0=5 X EX if reserved", "X0=3 X4=0"},
		{"LDAXRB W0,[X1]; STLXRB W4,W5,[X1]", "R1 x+0=3 A X EX reserve; W1 x+0=5 L X EX if reserved", "X0=3 X4=0"},
		{"STXR W4,W5,[X1]", "", "X4=1"},
		{"LDXP W0,W9,[X1]; STXP W4,W5,W6,[X1]",
			"R4 x+0=3 X EX reserve; R4 x+4=4 X EX; W4 x+0=5 X EX if reserved; W4 x+4=6 X EX reserve", "X0=3 X9=4 X4=0"},
		{"STLXP W4,X5,X6,[X1]", "", "X4=1"},
		{"SWP W5,W0,[X1]", "R4 x+0=3 X; W4 x+0=5 X amo", "X0=3"},
		{"SWPAL W5,W0,[X1]", "R4 x+0=3 A X; W4 x+0=5 L X amo", "X0=3"},
		{"SWPA W5,WZR,[X1]", "R4 x+0=3 X NoRet; W4 x+0=5 X amo", ""},
		{"SWPL W5,W5,[X1]", "R4 x+0=3 X; W4 x+0=5 L X amo", "X5=3"},
		{"LDADD W5,W0,[X1]", "R4 x+0=3 X; W4 x+0=8 X amo", "X0=3"},
		{"LDADDA W5,WZR,[X1]", "R4 x+0=3 X NoRet; W4 x+0=8 X amo", ""},
		{"STADDL X5,[X1]", "R8 x+0=3 X NoRet; W8 x+0=8 L X amo", ""},
		{"LDCLR W5,W0,[X1]", "R4 x+0=3 X; W4 x+0=2 X amo", "X0=3"},
		{"LDEORLB W5,W0,[X1]", "R1 x+0=3 X; W1 x+0=6 L X amo", "X0=3"},
		{"LDSETH W8,W0,[X1]", "R2 x+0=3 X; W2 x+0=11 X amo", "X0=3"},
		{"LDSMAX W3,W0,[X1]", "R4 x+0=3 X; W4 x+0=3 X amo", "X0=3"},
		{"LDSMINB W3,W0,[X1]", "R1 x+0=3 X; W1 x+0=252 X amo", "X0=3"},
		{"LDUMAX W3,W0,[X1]", "R4 x+0=3 X; W4 x+0=4294967292 X amo", "X0=3"},
		{"STUMIN W3,[X1]", "R4 x+0=3 X NoRet; W4 x+0=3 X amo", ""},
		{"DMB ISHLD; DSB SY; ISB; DMB ST", "F DMB.ISHLD; F DSB.SY; F ISB; F DMB.ST", ""},
		{"PRFM PLDL1KEEP,[X1]; NOP; HINT #20; YIELD", "", ""},
	} {
		m := onMemory(t, at, nil, strings.Split(c.code, "; ")...)
		assert.Equal(t, c.want, m.accesses(), c.code)
		for _, r := range strings.Fields(c.regs) {
			name, v, _ := strings.Cut(r, "=")
			assert.Equal(t, v, fmt.Sprint(m.regs[name].Int), "%s: %s", c.code, name)
		}
	}
}

// TestCompareAndSwap goes through the alternatives: where Rs gets its value from after a success, whether a failure
// writes back.
func TestCompareAndSwap(t *testing.T) {
	at := map[ir.Value]ir.Value{x(0): ir.Int(5), x(4): ir.Int(6)}
	for _, c := range []struct {
		code        string
		alternative int64
		want, regs  string
	}{
		{"CAS W5,W8,[X1]", 0, "R4 x+0=5 X; W4 x+0=8 X amo", "X5=5"},
		{"CAS W5,W8,[X1]", 1, "R4 x+0=5 X; W4 x+0=8 X amo", "X5=5"},
		{"CASAL W6,W8,[X1]", 0, "R4 x+0=5 A X", "X6=5"},
		{"CASAL W6,W8,[X1]", 1, "R4 x+0=5 A X; W4 x+0=5 L X amo", "X6=5"},
		{"CASA WZR,W8,[X1]", 0, "R4 x+0=5 X NoRet", ""},
		{"CASB W5,W5,[X1]", 1, "R1 x+0=5 X; W1 x+0=5 X amo", "X5=5"},
		{"CASP W5,W6,W7,W8,[X1]", 0, "R4 x+0=5 X; R4 x+4=6 X; W4 x+0=7 X amo; W4 x+4=8 X amo", "X5=5 X6=6"},
		{"CASP W5,W6,W7,W8,[X1]", 1, "R4 x+0=5 X; R4 x+4=6 X; W4 x+0=7 X amo; W4 x+4=8 X amo", "X5=5 X6=6"},
		{"CASPA W5,W5,W7,W8,[X1]", 0, "R4 x+0=5 A X; R4 x+4=6 A X", "X5=6"},
		{"CASPL W7,W6,W7,W8,[X1]", 1, "R4 x+0=5 X; R4 x+4=6 X; W4 x+0=5 L X amo; W4 x+4=6 L X amo", "X7=5 X6=6"},
	} {
		m := onMemory(t, at, []int64{c.alternative}, c.code)
		assert.Equal(t, c.want, m.accesses(), "%s, alternative %d", c.code, c.alternative)
		for _, r := range strings.Fields(c.regs) {
			name, v, _ := strings.Cut(r, "=")
			assert.Equal(t, v, fmt.Sprint(m.regs[name].Int), "%s: %s", c.code, name)
		}
	}
}

func TestAddressesAsData(t *testing.T) {
	m := onMemory(t, nil, nil, "MOV X9,X1", "MOV W10,W1", "EOR X4,X9,X9", "CMP X9,X1", "CSET W0,EQ", "ADD X11,X1,#8", "SUB X12,X11,X1",
		"CBZ X1,end", "MOV W13,#1", "end:")
	assert.Equal(t, x(0), m.regs["X9"])
	assert.Equal(t, x(0), m.regs["X10"])
	assert.Equal(t, ir.Int(0), m.regs["X4"])
	assert.Equal(t, ir.Int(1), m.regs["X0"])
	assert.Equal(t, ir.Int(8), m.regs["X12"])
	assert.Equal(t, ir.Int(1), m.regs["X13"])

	m = &machine{regs: map[string]ir.Value{"X1": x(0), "X2": {Sym: 2}}}
	require.NoError(t, m.run("CMP X1,X2", "CSET W0,NE", "CMP X1,#0", "CSET W3,HI"))
	assert.Equal(t, ir.Int(1), m.regs["X0"])
	assert.Equal(t, ir.Int(1), m.regs["X3"])
}

func TestBranches(t *testing.T) {
	for _, c := range []struct {
		code string
		want string
	}{
		{"B .+8; MOV W0,#1; MOV W3,#2", "X3=2 X0=0"},
		{"CBZ X0,.+8; MOV W3,#1; NOP", "X3=0"},
		{"CBNZ X5,end; MOV W3,#1; end:", "X3=0"},
		{"TBZ X5,#1,end; MOV W3,#1; end:", "X3=0"},
		{"TBNZ W5,#1,end; MOV W3,#1; end:", "X3=1"},
		{"TBNZ X5,#2,end; MOV W3,#1; end:", "X3=0"},
		{"MOV W3,#0; loop: ; ADD W3,W3,#1; CMP W3,#3; B.NE loop", "X3=3"},
		{"MOV W3,#0; MOV W3,#7; RET; MOV W3,#1", "X3=7"},
		{"MOV W3,#0; BL inc; BL inc; B end; inc: ; ADD W3,W3,#1; RET; end:", "X3=2"},
		{"MOV W3,#0; ADR X9,inc; BLR X9; BLR X9; B end; inc: ; ADD W3,W3,#1; RET X30; end:", "X3=2"},
		{"ADR X30,in; BR X30; MOV W3,#1; in: ; MOV W3,#2", "X3=2"},
		{"ADR X9,.+12; BR X9; MOV W3,#1; MOV W4,#2", "X3=0 X4=2"},
		{"MOV W3,#0; ADR X30,twice; twice: ; ADD W3,W3,#1; CMP W3,#2; B.EQ end; BLR X30; end:", "X3=2"},
	} {
		m := onMemory(t, nil, nil)
		m.regs["X3"] = ir.Int(0)
		var code []string
		for _, s := range strings.Split(c.code, ";") {
			code = append(code, strings.TrimSpace(s))
		}
		require.NoError(t, m.run(code...), c.code)
		for _, r := range strings.Fields(c.want) {
			name, v, _ := strings.Cut(r, "=")
			assert.Equal(t, v, fmt.Sprint(m.regs[name].Int), "%s: %s", c.code, name)
		}
	}
}

// TestReturnAddress: BL leaves the address of the instruction after it, under that instruction's label if it has one.
func TestReturnAddress(t *testing.T) {
	p := &ir.Program{}
	b := ir.NewBuilder(p, 3)
	for _, s := range []string{"BL f", "NOP"} {
		node, err := Dialect.Parse(s, pos)
		require.NoError(t, err)
		b.Instruction(s, pos)
		require.NoError(t, node.Lower(b, pos))
		if s == "BL f" {
			require.NoError(t, b.Label("next", pos))
			require.NoError(t, b.Label("f", pos))
		}
	}
	require.NoError(t, b.Finish())
	link := p.Threads[0].Code[0].Micro[0].Src[0].Imm
	assert.Contains(t, []string{"P3:f", "P3:next"}, p.Symbols[link.Sym-1].Name)
	assert.Equal(t, 1, p.Threads[0].Labels[link.Sym])
}

// TestRedirection: with nested virtualization VNCR_EL2 is a word of memory.
func TestRedirection(t *testing.T) {
	m := &machine{memory: map[ir.Value]ir.Value{}, regs: map[string]ir.Value{"VNCR_EL2": x(0), "X0": ir.Int(1)}}
	require.NoError(t, m.run("MSR VNCR_EL2,X0", "MRS X3,VNCR_EL2"))
	assert.Equal(t, "W8 x+176=1; R8 x+176=1", m.accesses())
	assert.Equal(t, ir.Int(1), m.regs["X3"])
}

// TestCapability: an access through a capability register that holds no capability faults.
func TestCapability(t *testing.T) {
	m := onMemory(t, nil, nil, "STR WZR,[C1]", "MOV W5,#1")
	assert.Empty(t, m.trace)
	assert.Equal(t, int64(5), m.regs["X5"].Int)
}
