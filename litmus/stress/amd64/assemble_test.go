package amd64

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/arch/x86/x86asm"
	"pgregory.net/rapid"
)

// branches are the branches to a label.
func branches(label Label) []Instruction {
	list := []Instruction{{Op: Jmp, Dst: label}}
	for condition := Overflow; condition <= Greater; condition++ {
		list = append(list, Instruction{Op: Jcc, Condition: condition, Dst: label})
	}
	return list
}

// TestReach: branches are short as far as a byte reaches, and near beyond.
func TestReach(t *testing.T) {
	for _, branch := range branches("to") {
		near := 6
		if branch.Op == Jmp {
			near = 5
		}
		for _, c := range []struct {
			nops, length int
			backward     bool
		}{{0, 2, false}, {127, 2, false}, {128, near, false}, {0, 2, true}, {126, 2, true}, {127, near, true}} {
			var a Assembler
			pad := func() {
				for range c.nops {
					a.Add(Instruction{Op: Nop})
				}
			}
			at, target := 0, c.length+c.nops
			if c.backward {
				at, target = c.nops, 0
				a.Label("to")
				pad()
			}
			a.Add(branch)
			if !c.backward {
				pad()
				a.Label("to")
			}
			code, err := a.Assemble()
			require.NoError(t, err)
			require.Len(t, code, c.nops+c.length)
			got, err := x86asm.Decode(code[at:], 64)
			require.NoError(t, err)
			assert.Equal(t, c.length, got.Len)
			assert.Equal(t, branch.String(), strings.ToLower(got.Op.String())+" to")
			assert.Equal(t, x86asm.Rel(target-at-c.length), got.Args[0])
		}
	}
}

// TestGrowth: that one branch becomes near puts the target of another out of its reach.
func TestGrowth(t *testing.T) {
	var a Assembler
	a.Add(Instruction{Op: Jmp, Dst: Label("one")})
	a.Add(Instruction{Op: Jmp, Dst: Label("other")})
	for range 125 {
		a.Add(Instruction{Op: Nop})
	}
	a.Label("one")
	a.Add(Instruction{Op: Jmp, Dst: Label("one")})
	a.Add(Instruction{Op: Nop})
	a.Label("other")
	code, err := a.Assemble()
	require.NoError(t, err)
	assert.Len(t, code, 5+5+125+2+1)
	again, err := a.Assemble()
	require.NoError(t, err)
	assert.Equal(t, code, again)
}

func TestAssembleErrors(t *testing.T) {
	for want, program := range map[string]func(*Assembler){
		"jmp there: there is no label there": func(a *Assembler) { a.Add(Instruction{Op: Jmp, Dst: Label("there")}) },
		"lea x(%rip),%rax: there is no label x": func(a *Assembler) {
			a.Add(Instruction{Op: Lea, Size: 8, Dst: RAX, Src: Memory{Base: RIP, Label: "x"}})
		},
		`label "x": expected a name that no other label has`: func(a *Assembler) { a.Label("x"); a.Label("x") },
		`label "": expected a name that no other label has`:  func(a *Assembler) { a.Label("") },
		"push %eax: push has no form with these operands, of 4 bytes": func(a *Assembler) {
			a.Add(Instruction{Op: Push, Size: 4, Dst: RAX})
			a.Add(Instruction{Op: Jmp, Dst: Label("there")})
		},
		"lea x+0x7fffffff(%rip),%rax: x is 2147483648 bytes away, expected at most 2147483647": func(a *Assembler) {
			a.Add(Instruction{Op: Lea, Size: 8, Dst: RAX, Src: Memory{Base: RIP, Label: "x", Disp: 0x7fffffff}})
			a.Add(Instruction{Op: Nop})
			a.Label("x")
		},
	} {
		var a Assembler
		program(&a)
		_, err := a.Assemble()
		assert.EqualError(t, err, want)
	}
}

// TestDrawnPrograms: GNU as makes the same bytes of a program with labels.
func TestDrawnPrograms(t *testing.T) {
	as, dir := findGNUAs(t), t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var a Assembler
		var lines []string
		n := rapid.IntRange(1, 8).Draw(t, "labels")
		label := func() Label {
			return Label(fmt.Sprintf("l%d", rapid.IntRange(0, n-1).Draw(t, "to")))
		}
		add := func(in Instruction) {
			a.Add(in)
			lines = append(lines, in.String())
		}
		for i := range n {
			for range rapid.IntRange(0, 40).Draw(t, "lines") {
				switch rapid.IntRange(0, 4).Draw(t, "kind") {
				case 0:
					add(rapid.SampledFrom(branches(label())).Draw(t, "branch"))
				case 1:
					m := Memory{Base: RIP, Label: label(), Disp: rapid.Int32Range(-1000, 1000).Draw(t, "displacement")}
					add(rapid.SampledFrom([]Instruction{
						{Op: Lea, Size: 8, Dst: R9, Src: m}, {Op: Mov, Size: 4, Dst: m, Src: Immediate(1000)}, {Op: Add, Size: 2, Dst: m, Src: Immediate(5), Lock: true},
					}).Draw(t, "relative"))
				default:
					in := drawInstruction().Draw(t, "instruction")
					if _, err := in.Encode(); err == nil {
						add(in)
					}
				}
			}
			a.Label(fmt.Sprintf("l%d", i))
			lines = append(lines, fmt.Sprintf("l%d:", i))
		}
		got, err := a.Assemble()
		require.NoError(t, err)
		want := bytes.Join(gnuAs(t, as, dir, lines), nil)
		require.True(t, bytes.Equal(want, got), "%s\nGNU as has %x, not %x", strings.Join(lines, "\n"), want, got)
	})
}
