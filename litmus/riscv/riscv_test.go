package riscv

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

var here = source.Pos{File: "t", Line: 1, Col: 1}

func TestCanonicalText(t *testing.T) {
	for from, to := range map[string]string{
		"lw  t0 , (a1)":              "lw x5,0(x11)",
		"LW.AQ x1,-0x8(fp)":          "lw.aq x1,-8(x8)",
		"sd.rl s11,0(sp)":            "sd.rl x27,0(x2)",
		"lr.w.aqrl t6,0(t3)":         "lr.w.aq.rl x31,0(x28)",
		"sc.d.rl zero,ra,(gp)":       "sc.d.rl x0,x1,0(x3)",
		"amoadd.w.aq.rl x1,x2,0(x3)": "amoadd.w.aq.rl x1,x2,(x3)",
		"amomaxu.d x1,x2,(x3)":       "amomaxu.d x1,x2,(x3)",
		"fence":                      "fence rw,rw",
		"fence rw , w":               "fence rw,w",
		"fence iorw,ow":              "fence iorw,ow",
		"fence.r.rw":                 "fence r,rw",
		"fence.tso":                  "fence.tso",
		"fence.i":                    "fence.i",
		"bne x1,zero,L":              "bne x1,x0,L",
		"beqz a0,.+8":                "beqz x10,.+8",
		"add x1,x2,-3":               "addi x1,x2,-3",
		"ori x1,x0,0x10":             "ori x1,x0,16",
		"li x1,0xffffffffffffffff":   "li x1,-1",
		"mv %p,x1":                   "mv %p,x1",
		"j\tL":                       "j L",
		"nop":                        "nop",
		"ret":                        "ret",
	} {
		node, err := Dialect.Parse(from, here)
		if assert.NoError(t, err, from) {
			assert.Equal(t, to, node.String())
		}
	}
}

func TestParseErrors(t *testing.T) {
	for from, want := range map[string]string{
		"":                                "unknown instruction ",
		"frob x1":                         "unknown instruction frob",
		"lq x1,0(x2)":                     "unknown instruction lq",
		"amoadd.h x1,x2,(x3)":             "unknown instruction amoadd.h",
		"lw x1":                           "lw: expected lw RD,OFFSET(RS)",
		"lw x32,0(x1)":                    `lw: "x32" is not a register`,
		"lw x1,0(x32)":                    `lw: "x32" is not a register`,
		"lw x1,x2":                        `lw: expected an address such as 0(x5), found "x2"`,
		"lw x1,y(x2)":                     `lw: expected an address such as 0(x5), found "y(x2)"`,
		"lw x1,0(x2":                      `lw: expected an address such as 0(x5), found "0(x2"`,
		"lr.w x1,4(x2)":                   "lr.w: the offset of an atomic access must be 0, found 4",
		"add x1,x2":                       "add: expected add RD,RS1,RS2",
		"addi x1,x2,x3":                   `addi: "x3" is not a constant`,
		"addi x1,x2,99999999999999999999": `addi: "99999999999999999999" is not a constant`,
		"fence q,w":                       `fence: "q" is not a set of accesses: expected letters of iorw, in this order`,
		"fence wr,w":                      `fence: "wr" is not a set of accesses: expected letters of iorw, in this order`,
		"fence i,w":                       "fence: i: fences of device accesses alone are not supported",
		"fence.i x1":                      "fence.i: expected fence.i",
		"beq x1,x2":                       "beq: expected beq RS1,RS2,LABEL",
		"beq x1,x2,1":                     `beq: "1" is not a label`,
		"jal L":                           "jal: this instruction is not supported",
	} {
		_, err := Dialect.Parse(from, here)
		assert.EqualError(t, err, "t:1:1: "+want, from)
	}
}

// TestAnnotations holds the event sets of each access against the instruction's annotation.
func TestAnnotations(t *testing.T) {
	sets := func(names ...string) (set ir.Tags) {
		for _, n := range names {
			set |= ir.Bit(tags, n)
		}
		return set
	}
	for text, want := range map[string][]ir.Tags{
		"lw x1,0(x2)":             {0},
		"lw.aq x1,0(x2)":          {sets("Acq")},
		"sw.rl x1,0(x2)":          {sets("Rel")},
		"lr.w.aq.rl x1,(x2)":      {sets("X", "EX", "AcqRel")},
		"sc.w.rl x1,x2,(x3)":      {sets("X", "EX", "Rel")},
		"amoor.w x1,x2,(x3)":      {sets("X")},
		"amoor.w.aq x1,x2,(x3)":   {sets("X", "Acq")},
		"amoor.w.rl x0,x2,(x3)":   {sets("X", "Rel")},
		"amoor.w.aqrl x1,x2,(x3)": {sets("X", "AcqRel")},
		"fence rw,w":              {sets("Fence.rw.w")},
		"fence iorw,or":           {sets("Fence.rw.r")},
		"fence.tso":               {sets("Fence.tso")},
		"fence.i":                 {sets("Fence.i")},
		"xor x1,x2,x3":            nil,
	} {
		var got []ir.Tags
		for _, m := range lowered(t, text).Threads[0].Code[0].Micro {
			switch m.Kind {
			case ir.Load, ir.Store, ir.StoreCond, ir.Update, ir.Fence:
				got = append(got, m.Tags)
			}
		}
		assert.Equal(t, want, got, text)
	}
}

func lowered(t *testing.T, text string) *ir.Program {
	node, err := Dialect.Parse(text, here)
	require.NoError(t, err, text)
	p := &ir.Program{Tags: tags}
	b := ir.NewBuilder(p, 0)
	b.Instruction(text, here)
	require.NoError(t, node.Lower(b, here))
	_ = b.Finish() // a jump's label is missing
	if len(p.Threads) == 0 {
		p.Threads = []ir.Thread{{Code: []ir.Instr{{}}}}
	}
	p.Threads[0].Code[0].Text = ""
	return p
}

func FuzzInstruction(f *testing.F) {
	for _, seed := range []string{
		"lw.aq x5,-4(a0)", "sc.w.aq.rl x1,x2,0(x3)", "amominu.d.rl x0,t0,(s1)", "fence iorw,rw", "fence.w.w", "bgtz x1,L", "li x5,-0x10",
		"la t0,L1", "add x1,x2,3", "sext.w x1,%p", "lui x1,0xfffff", "lr.d x1,(x2)",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		node, err := Dialect.Parse(text, here)
		if err != nil {
			return
		}
		again, err := Dialect.Parse(node.String(), here)
		require.NoError(t, err, node.String())
		require.Equal(t, node.String(), again.String())
		require.Equal(t, lowered(t, text), lowered(t, node.String()))
	})
}
