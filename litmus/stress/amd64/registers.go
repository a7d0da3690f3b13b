package amd64

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/x86"
)

// registers finds the registers that the test leaves alone, and gives those out that the test has no names for.
func (b *builder) registers() error {
	// The harness itself uses RAX, RCX, RDX and what a system call overwrites, between instances.
	b.free = []Register{R15, R14, R13, R12, R10, R9, R8, RBP, RBX, RSI, RDI}
	b.symbolic = map[string]Register{}
	var unnamed []string
	for i, reg := range b.regs() {
		r, known := parse(reg.Name)
		switch {
		case known && r == RSP:
			return errors.New("register rsp is the machine code's own here, expected a test without it")
		case known:
			b.free = slices.DeleteFunc(b.free, func(f Register) bool { return f == r })
		case strings.HasPrefix(reg.Name, x86.Flags):
		case strings.HasPrefix(reg.Name, "%"):
			unnamed = append(unnamed, reg.Name[1:])
		case reg.Name != "" && (b.init(i) != ir.Value{} || slices.Contains(b.plan.Threads[b.thread].Out, int32(i))):
			return fmt.Errorf("register %s cannot be set and looked at", reg.Name)
		}
	}
	for _, name := range unnamed {
		r, err := b.take()
		if err != nil {
			return err
		}
		b.symbolic[name] = r
	}
	var err error
	b.instance, err = b.take()
	return err
}

// take takes a register that the test leaves alone.
func (b *builder) take() (Register, error) {
	if len(b.free) == 0 {
		return NoRegister, errors.New("the test uses too many registers: none is left for the loop around it")
	}
	r := b.free[0]
	b.free = b.free[1:]
	return r, nil
}

func (b *builder) regs() []ir.Reg        { return b.plan.Test.Program.Threads[b.thread].Regs }
func (b *builder) init(reg int) ir.Value { return b.plan.Test.Program.Threads[b.thread].Init[reg] }

// parse finds the register of a canonical name of either dialect.
func parse(name string) (Register, bool) {
	r, _, ok := ParseRegister(strings.ToLower(name))
	return r, ok
}

// register is the machine's register for one of the thread's.
func (b *builder) register(index int32) (Register, bool) {
	name := b.regs()[index].Name
	if s, ok := strings.CutPrefix(name, "%"); ok {
		r, ok := b.symbolic[s]
		return r, ok
	}
	return parse(name)
}
