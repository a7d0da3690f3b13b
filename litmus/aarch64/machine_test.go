package aarch64

import (
	"fmt"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// machine runs one thread alone: every load takes the last value stored, a
// store-exclusive succeeds if there is a reservation, and choices are made in advance.
type machine struct {
	regs    map[string]ir.Value
	memory  map[ir.Value]ir.Value
	choices []int64
	trace   []access1
}

// access1 is what one memory operation or fence did.
type access1 struct {
	kind  ir.Kind
	at    ir.Value
	value ir.Value
	size  uint8
	tags  ir.Tags
	flags ir.Flags
}

// run executes instructions, which labels "name:" may precede, from the given
// registers on.
func (m *machine) run(lines ...string) error {
	p := &ir.Program{Arch: "AArch64", Tags: tags}
	b := ir.NewBuilder(p, 0)
	for name, v := range m.regs {
		b.SetReg(name, ir.Type{Size: 8}, v)
	}
	for i, line := range lines {
		pos := source.Pos{File: "test", Line: i + 1, Col: 1}
		if n := len(line); line[n-1] == ':' {
			if err := b.Label(line[:n-1], pos); err != nil {
				return err
			}
			continue
		}
		node, err := Dialect.Parse(line, pos)
		if err != nil {
			return err
		}
		b.Instruction(node.String(), pos)
		if err := node.Lower(b, pos); err != nil {
			return err
		}
	}
	if err := b.Finish(); err != nil {
		return err
	}
	return m.execute(&p.Threads[0])
}

func (m *machine) execute(t *ir.Thread) error {
	regs := append([]ir.Value(nil), t.Init...)
	value := func(o ir.Operand) ir.Value {
		if o.Reg == ir.NoReg {
			return o.Imm
		}
		return regs[o.Reg]
	}
	set := func(r int32, v ir.Value) {
		if r != ir.NoReg {
			regs[r] = v
		}
	}
	reserved := false
	steps := 0
run:
	for pc := 0; pc < len(t.Code); {
		in := &t.Code[pc]
		pc++
		for i := 0; i < len(in.Micro); i++ {
			if steps++; steps > 1000 {
				return fmt.Errorf("no end")
			}
			op := &in.Micro[i]
			signed := op.Flags&ir.Signed != 0
			a, at := value(op.Src[0]), value(op.Addr)
			record := func(v ir.Value) {
				m.trace = append(m.trace, access1{op.Kind, at, v, op.Size, op.Tags, op.Flags})
			}
			switch op.Kind {
			case ir.Compute:
				v, err := ir.Eval(op.Fn, op.Size, signed, a, value(op.Src[1]), value(op.Src[2]))
				if err != nil {
					return err
				}
				set(op.Dst, v)
			case ir.Select:
				chosen := value(op.Src[2])
				if a.IsTrue() {
					chosen = value(op.Src[1])
				}
				set(op.Dst, ir.Extend(chosen, op.Size, signed))
			case ir.Load:
				v := ir.Extend(m.memory[at], op.Size, signed)
				record(v)
				set(op.Dst, v)
				reserved = reserved || op.Flags&ir.Reserve != 0
			case ir.Store:
				record(ir.Extend(a, op.Size, false))
				m.memory[at] = ir.Extend(a, op.Size, false)
			case ir.StoreCond:
				if reserved {
					record(ir.Extend(a, op.Size, false))
					m.memory[at] = ir.Extend(a, op.Size, false)
					set(op.Dst, ir.Int(0))
				} else {
					set(op.Dst, ir.Int(1))
				}
				reserved = false
			case ir.Fence:
				record(ir.Value{})
			case ir.Branch:
				if a.IsTrue() {
					pc = int(op.Target)
				}
			case ir.Jump:
				pc = int(op.Target)
			case ir.JumpReg:
				to, ok := t.Labels[a.Sym]
				if !ok {
					return fmt.Errorf("jump to %v", a)
				}
				pc = to
			case ir.Skip:
				if !a.IsTrue() {
					i += int(op.Target)
				}
			case ir.Choose:
				set(op.Dst, ir.Int(m.choices[0]))
				m.choices = m.choices[1:]
			case ir.Exit:
				break run
			default:
				return fmt.Errorf("micro-operation %d", op.Kind)
			}
		}
	}
	m.regs = map[string]ir.Value{}
	for i, r := range t.Regs {
		if r.Name != "" {
			m.regs[r.Name] = regs[i]
		}
	}
	return nil
}

// nzcv is the four flags as digits.
func (m *machine) nzcv() string {
	s := ""
	for _, name := range flagNames {
		s += fmt.Sprint(m.regs[name].Int)
	}
	return s
}
