package amd64

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/litmus/ir"
)

// set gives the test's registers their initial values, and clears the flags.
func (b *builder) set() error {
	b.asm.Add(Instruction{Op: Mov, Size: 4, Dst: RAX, Src: Immediate(1)})
	b.asm.Add(Instruction{Op: Test, Size: 4, Dst: RAX, Src: RAX})
	for i := range b.regs() {
		r, ok := b.register(int32(i))
		if !ok {
			continue
		}
		v := b.init(i)
		if v.Sym == 0 {
			size := Size(8)
			if uint64(v.Int) < 1<<32 {
				size = 4
			}
			b.asm.Add(Instruction{Op: Mov, Size: size, Dst: r, Src: Immediate(v.Int)})
			continue
		}
		symbol := b.plan.Test.Program.Symbols[v.Sym-1]
		m := Memory{Base: b.instance}
		switch symbol.Kind {
		case ir.Location:
			m.Disp = b.plan.Offsets[symbol.Name] + int32(v.Int)
		case ir.Label:
			thread, label, _ := strings.Cut(symbol.Name, ":")
			m = Memory{Base: RIP, Label: Label(thread + "." + label)}
		default:
			return fmt.Errorf("register %s: code as data cannot be run", b.regs()[i].Name)
		}
		b.op(Lea, r, m)
	}
	return nil
}

// body adds the test's instructions; those that replace has a register for store it.
func (b *builder) body(replace map[int]Register) error {
	t := b.plan.Test.Threads[b.thread]
	instr := 0
	end := b.label("end")
	for i, line := range t.Lines {
		for _, l := range line.Labels {
			b.asm.Label(b.labelOf(l))
		}
		if line.Node == nil {
			continue
		}
		b.place(instr, line.Node.String())
		instr++
		in, err := Translate(line.Node, Names{Location: b.location, Register: b.named})
		if err != nil {
			return err
		}
		if l, ok := in.Dst.(Label); ok {
			in.Dst = Label(b.labelOf(string(l)))
		}
		if in.Op == Ret {
			in = Instruction{Op: Jmp, Dst: Label(end)}
		}
		if v, ok := replace[i]; ok {
			if _, memory := in.Dst.(Memory); in.Op != Mov || !memory {
				return fmt.Errorf("%s: expected a plain store", line.Node)
			}
			in.Src = v
		}
		b.asm.Add(in)
	}
	b.asm.Label(end)
	b.place(instr, "the end of the test's instructions")
	return nil
}

func (b *builder) location(name string) (Memory, error) {
	offset, ok := b.plan.Offsets[name]
	if !ok {
		return Memory{}, fmt.Errorf("there is no location %s", name)
	}
	return Memory{Base: b.instance, Disp: offset}, nil
}

func (b *builder) named(name string) (Register, error) {
	r, ok := b.symbolic[name]
	if !ok {
		return NoRegister, fmt.Errorf("there is no register %%%s", name)
	}
	return r, nil
}

// record stores the registers that are looked at, and returns how many bytes that took.
func (b *builder) record(to Register) (int32, error) {
	var n int32
	for _, index := range b.plan.Threads[b.thread].Out {
		r, ok := b.register(index)
		if !ok {
			return 0, fmt.Errorf("register %s cannot be looked at", b.regs()[index].Name)
		}
		b.op(Mov, Memory{Base: to, Disp: n}, r)
		n += 8
	}
	return n, nil
}
