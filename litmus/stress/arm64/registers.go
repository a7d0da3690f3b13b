package arm64

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/aarch64"
	"github.com/weakmem/litmus/litmus/ir"
)

// allocation says which registers of the machine the registers of a thread are, and which are left for the loop around it.
type allocation struct {
	numbers map[string]int // of symbolic registers, %name
	moved   map[int]int    // of registers that a test cannot have, to those that it gets in their place
	free    []int
}

// Registers that no test gets: X18 is the platform's (in signal handlers too, on some), X28 holds Go's goroutine and X29 its frame
// pointer, which a profiler may follow at any time.
const (
	platform     = 18
	goroutine    = 28
	framePointer = 29
	link         = 30
)

var errStack = errors.New("the stack is that of the loop around the test: expected a register other than SP")

// scratch are the loop's own between instances: it does not keep what is in them, and a system call has its number in X8.
var scratch = []int{0, 1, 2, 3, 8}

// allocate finds the registers that thread t leaves alone, and gives some to its symbolic registers and in place of those that it
// cannot have.
func allocate(t *litmus.Thread, regs []ir.Reg) (*allocation, error) {
	a := &allocation{numbers: map[string]int{}, moved: map[int]int{}}
	for _, line := range t.Lines {
		if in, ok := line.Node.(*aarch64.Instruction); ok && slices.Contains(operandNames(in), "SP") {
			return nil, source.Errorf(line.Pos, "%s: %s: %v", t.Name, in, errStack)
		}
	}
	used := map[int]bool{}
	var symbolic []string
	for _, name := range registerNames(t, regs) {
		n, general := numberOf(name)
		switch {
		case name == "SP":
			return nil, fmt.Errorf("%s: %w", t.Name, errStack)
		case strings.HasPrefix(name, "%"):
			symbolic = append(symbolic, name)
		case general:
			used[n] = true
		}
	}
	// Registers move by twos, an even one with the next: some instructions take pairs.
	var moving []int
	if used[platform] {
		moving = append(moving, platform)
		used[platform+1] = true
	}
	if used[goroutine] || used[framePointer] {
		moving = append(moving, goroutine)
	}
	for n := range goroutine {
		if !used[n] && n != platform && !slices.Contains(scratch, n) {
			a.free = append(a.free, n)
		}
	}
	for _, n := range moving {
		pair := slices.IndexFunc(a.free, func(f int) bool { return f%2 == 0 && slices.Contains(a.free, f+1) })
		if pair < 0 {
			return nil, fmt.Errorf("%s: register X%d is not a test's to use, and the test leaves no two others alone", t.Name, n)
		}
		even := a.free[pair]
		a.free = slices.Delete(a.free, pair, pair+2)
		a.moved[n], a.moved[n+1] = even, even+1
	}
	for _, name := range symbolic {
		r, err := a.take()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		a.numbers[name] = int(r.number())
	}
	return a, nil
}

// take takes a register that the test leaves alone.
func (a *allocation) take() (Register, error) {
	if len(a.free) == 0 {
		return 0, errors.New("the test uses too many registers: none is left for the loop around it")
	}
	n := a.free[0]
	a.free = a.free[1:]
	return X(n), nil
}

// register is the X register of a thread's register, or XZR, if it is a general-purpose one.
func (a *allocation) register(name string) (Register, bool) {
	if name == "XZR" {
		return XZR, true
	}
	if n, ok := a.numbers[name]; ok {
		return X(n), true
	}
	n, ok := numberOf(name)
	return a.place(X(n)), ok
}

// place is the register that r of a test is in.
func (a *allocation) place(r Register) Register {
	if n, ok := a.moved[int(r.number())]; ok && r != 0 {
		return r&^numberBits | Register(n)
	}
	return r
}

// instruction is in with the registers that were moved.
func (a *allocation) instruction(in Instruction) Instruction {
	for i, o := range in.Operands {
		switch o := o.(type) {
		case Register:
			in.Operands[i] = a.place(o)
		case Memory:
			o.Base, o.Index = a.place(o.Base), a.place(o.Index)
			in.Operands[i] = o
		}
	}
	return in
}

// numberOf is the number of the X register that a canonical name has.
func numberOf(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, "X")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil
}

// registerNames are the names of regs and of the operands of a thread's instructions: a prefetch means nothing, so that its
// registers are none of regs.
func registerNames(t *litmus.Thread, regs []ir.Reg) []string {
	var names []string
	for _, r := range regs {
		if r.Name != "" {
			names = append(names, r.Name)
		}
	}
	for _, in := range instructions(t) {
		names = append(names, operandNames(in)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// operandNames are the names of the registers that an instruction has as operands.
func operandNames(in *aarch64.Instruction) []string {
	var names []string
	for _, o := range in.Operands() {
		switch o := o.(type) {
		case aarch64.Register:
			names = append(names, o.Name)
		case aarch64.Address:
			names = append(names, o.Base.Name)
			if o.Index.Name != "" {
				names = append(names, o.Index.Name)
			}
		}
	}
	return names
}
