package arm64

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAssemble(t *testing.T) {
	var a Assembler
	a.Add(New("cbz", X(0), Label("end")))
	a.Label("loop")
	a.Label("same place")
	a.Add(New("subs", X(0), X(0), Immediate(1)))
	a.Add(New("b.ne", Label("loop")))
	a.Add(New("tbz", W(1), Immediate(3), Label("same place")))
	a.Add(New("adr", X(2), Label("end")))
	a.Add(New("ldr", X(3), Label("loop")))
	a.Add(New("b", Label("end")))
	a.Label("end")
	a.Add(New("ret"))
	code, err := a.Assemble()
	require.NoError(t, err)
	// As GNU as assembles the same text.
	assert.Equal(t, ""+
		"e00000b4"+"000400f1"+"e1ffff54"+"c1ff1f36"+"62000010"+"83ffff58"+"01000014"+"c0035fd6", hex.EncodeToString(code))

	again, err := a.Assemble()
	require.NoError(t, err)
	assert.Equal(t, code, again)
}

func TestAssembleNothing(t *testing.T) {
	var a Assembler
	code, err := a.Assemble()
	require.NoError(t, err)
	assert.Empty(t, code)
}

func TestAssembleRefuses(t *testing.T) {
	for want, build := range map[string]func(*Assembler){
		"instruction 1: b nowhere: label nowhere is not defined": func(a *Assembler) {
			a.Add(New("nop"))
			a.Add(New("b", Label("nowhere")))
		},
		"label twice is defined twice": func(a *Assembler) {
			a.Label("twice")
			a.Add(New("nop"))
			a.Label("twice")
		},
		"instruction 0: frob: unknown instruction: expected an A64 instruction in lower case": func(a *Assembler) { a.Add(New("frob")) },
		"instruction 0: tbz x0, #1, .+32768: expected a distance of -32768 to 32764 bytes": func(a *Assembler) {
			a.Add(New("tbz", X(0), Immediate(1), Label("far")))
			for range 8191 {
				a.Add(New("nop"))
			}
			a.Label("far")
		},
	} {
		var a Assembler
		build(&a)
		code, err := a.Assemble()
		assert.EqualError(t, err, want)
		assert.Nil(t, code)
	}
}
