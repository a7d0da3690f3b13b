package aarch64

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOperands(t *testing.T) {
	x := func(name string) Register { return Register{name, true} }
	for text, want := range map[string][]Operand{
		"add w0,w1,w2,lsl #3":    {Register{"X0", false}, Register{"X1", false}, Register{"X2", false}, Modifier{"LSL", 3}},
		"mov x0,#-1":             {x("X0"), Immediate(-1)},
		"ldr x0,[x%p],#8":        {x("X0"), Address{Base: x("%p"), PostIndex: true, Offset: 8}},
		"ldr x0,[sp,#8]!":        {x("X0"), Address{Base: x("SP"), PreIndex: true, Offset: 8}},
		"str x0,[c1]":            {x("X0"), Address{Base: x("X1"), Capability: true}},
		"ldr x0,[x1,w2,sxtw #3]": {x("X0"), Address{Base: x("X1"), Index: Register{"X2", false}, Extend: Modifier{"SXTW", 3}}},
		"b.hs L":                 {Target{Label: "L"}},
		"cbz x3,.-8":             {x("X3"), Target{Distance: -8}},
		"dmb ish":                {Word("ISH")},
		"csel x0,x1,xzr,hs":      {x("X0"), x("X1"), x("XZR"), Word("CS")},
		"mrs x0,nzcv":            {x("X0"), Word("NZCV")},
		"prfm pldl1keep,[x0]":    {Word("PLDL1KEEP"), Address{Base: x("X0")}},
		"nop":                    {},
		"casp x0,x1,x2,x3,[x4]":  {x("X0"), x("X1"), x("X2"), x("X3"), Address{Base: x("X4")}},
		"ldrb w0,[x1,x2]":        {Register{"X0", false}, Address{Base: x("X1"), Index: x("X2")}},
		"ccmp x0,#1,#2,ne":       {x("X0"), Immediate(1), Immediate(2), Word("NE")},
		"add x0,x1,w2,uxtb":      {x("X0"), x("X1"), Register{"X2", false}, Modifier{"UXTB", 0}},
		"ldr x0,Table":           {x("X0"), Target{Label: "Table"}},
		"movk x0,#65535,lsl #48": {x("X0"), Immediate(65535), Modifier{"LSL", 48}},
		"stlur w1,[x2,#-1]":      {Register{"X1", false}, Address{Base: x("X2"), Offset: -1}},
	} {
		in, err := parse(text, pos)
		require.NoError(t, err, text)
		assert.Equal(t, want, in.Operands(), text)
	}
	in, err := parse("bhs L", pos)
	require.NoError(t, err)
	assert.Equal(t, "B.CS", in.Mnemonic())
}
