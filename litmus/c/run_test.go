package c

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// lower parses and lowers one function, with the shared locations given.
func lower(src string, shared ...string) (*ir.Program, error) {
	fns, _, err := Parse(src, source.Pos{File: "t", Line: 1, Col: 1})
	if err != nil {
		return nil, err
	}
	p := &ir.Program{Arch: "C", Tags: Tags()}
	for _, name := range shared {
		p.Symbol(ir.Location, name)
	}
	for i, f := range fns {
		b := ir.NewBuilder(p, i)
		if err := f.Lower(b); err != nil {
			return nil, err
		}
		if err := b.Finish(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// outcome is what one run of a thread on its own leaves behind.
type outcome struct {
	regs   map[string]ir.Value
	memory map[ir.Value]ir.Value
	events []string // "0 R NA x": the point of program order, read, write, update or fence, the tags, the location
}

// sequential runs thread 0 of p on its own, once for each way of its choices.
// A loop may go round a hundred times.
func sequential(t *testing.T, p *ir.Program, memory map[ir.Value]ir.Value) []outcome {
	t.Helper()
	var all []outcome
	for choices := []int{}; choices != nil; {
		o, taken, ok := once(t, p, memory, choices)
		if ok {
			all = append(all, o)
		}
		choices = nil
		for i := len(taken) - 1; i >= 0; i-- {
			if taken[i][0]+1 < taken[i][1] {
				for _, c := range taken[:i] {
					choices = append(choices, c[0])
				}
				choices = append(choices, taken[i][0]+1)
				break
			}
		}
	}
	return all
}

func once(t *testing.T, p *ir.Program, memory map[ir.Value]ir.Value, choices []int) (outcome, [][2]int, bool) {
	t.Helper()
	th := p.Threads[0]
	regs := slices.Clone(th.Init)
	o := outcome{regs: map[string]ir.Value{}, memory: map[ir.Value]ir.Value{}}
	for k, v := range memory {
		o.memory[k] = v
	}
	var taken [][2]int
	get := func(x ir.Operand) ir.Value {
		if x.Reg == ir.NoReg {
			return x.Imm
		}
		return regs[x.Reg]
	}
	set := func(r int32, v ir.Value) {
		if r != ir.NoReg {
			regs[r] = v
		}
	}
	index := 0
	event := func(kind string, m ir.Micro) {
		var tags []string
		for i, name := range p.Tags {
			if m.Tags>>i&1 != 0 {
				tags = append(tags, name)
			}
		}
		s := fmt.Sprintf("%d %s %s", index, kind, strings.Join(tags, "|"))
		if m.Kind != ir.Fence {
			at := get(m.Addr)
			require.NotZero(t, at.Sym, "access to the integer %d", at.Int)
			s += " " + p.Symbols[at.Sym-1].Name
			if at.Int != 0 {
				s += fmt.Sprintf("+%d", at.Int)
			}
		}
		o.events = append(o.events, s)
	}
	for pc, steps := 0, 0; pc < len(th.Code); index++ {
		next := pc + 1
		micros := th.Code[pc].Micro
	instruction:
		for i := 0; i < len(micros); i++ {
			steps++
			require.Less(t, steps, 10_000, "the thread does not end")
			m := micros[i]
			signed := m.Flags&ir.Signed != 0
			eval := func(a, b, c ir.Value) ir.Value {
				v, err := ir.Eval(m.Fn, m.Size, signed, a, b, c)
				require.NoError(t, err)
				return v
			}
			switch m.Kind {
			case ir.Compute:
				set(m.Dst, eval(get(m.Src[0]), get(m.Src[1]), get(m.Src[2])))
			case ir.Select:
				if get(m.Src[0]).IsTrue() {
					set(m.Dst, get(m.Src[1]))
				} else {
					set(m.Dst, get(m.Src[2]))
				}
			case ir.Load:
				event("R", m)
				set(m.Dst, ir.Extend(o.memory[get(m.Addr)], m.Size, signed))
			case ir.Store:
				event("W", m)
				o.memory[get(m.Addr)] = ir.Extend(get(m.Src[0]), m.Size, false)
			case ir.Update:
				event("U", m)
				old := ir.Extend(o.memory[get(m.Addr)], m.Size, signed)
				o.memory[get(m.Addr)] = ir.Extend(eval(old, get(m.Src[0]), ir.Value{}), m.Size, false)
				set(m.Dst, old)
			case ir.Fence:
				event("F", m)
			case ir.Branch:
				if get(m.Src[0]).IsTrue() {
					next = int(m.Target)
					break instruction
				}
			case ir.Jump:
				next = int(m.Target)
				break instruction
			case ir.Skip:
				if !get(m.Src[0]).IsTrue() {
					i += int(m.Target)
				}
			case ir.Choose:
				n := 0
				if len(taken) < len(choices) {
					n = choices[len(taken)]
				}
				taken = append(taken, [2]int{n, int(m.Target)})
				set(m.Dst, ir.Int(int64(n)))
			case ir.Assume:
				if !get(m.Src[0]).IsTrue() {
					return o, taken, false
				}
			case ir.Exit:
				next = len(th.Code)
				break instruction
			default:
				require.Fail(t, "unexpected micro-operation", "%v", m.Kind)
			}
		}
		pc = next
	}
	for i, r := range th.Regs {
		if r.Name != "" {
			o.regs[r.Name] = regs[i]
		}
	}
	return o, taken, true
}
