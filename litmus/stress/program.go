package stress

import (
	"fmt"
	"runtime"
	"slices"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress/amd64"
	"github.com/weakmem/litmus/litmus/stress/arm64"
	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// program is a test as the harness sees it: what there is in memory, and what makes up a final state.
type program struct {
	test      *litmus.Test
	locations []location
	cells     []cell
	out       [][]int32 // by thread: the registers that a state has, indices of ir.Thread.Regs
	values    []value   // by slot of a flat state
}

// location is a variable or an array.
type location struct {
	name string
	sym  int32
	size int32 // bytes
}

// cell is a part of a location that has an initial value.
type cell struct {
	location int
	offset   int32 // bytes from the location
	size     uint8
	init     ir.Value
}

// value is where one value of a final state comes from.
type value struct {
	thread, index int // of the program's out; thread is -1 for memory
	cell          int
}

// prepare finds out what there is to a test.
func prepare(t *litmus.Test) (*program, error) {
	p := &program{test: t, values: make([]value, t.Slots())}
	bySym := map[int32]int{}
	for i := range t.Program.Cells {
		c := &t.Program.Cells[i]
		symbol := t.Program.Symbols[c.Symbol-1]
		if symbol.Kind != ir.Location {
			return nil, fmt.Errorf("%s: code as data cannot be run", symbol.Name)
		}
		if c.Type.Size > 8 {
			return nil, fmt.Errorf("location %s of %d bytes: expected at most 8", symbol.Name, c.Type.Size)
		}
		at, ok := bySym[c.Symbol]
		if !ok {
			at = len(p.locations)
			bySym[c.Symbol] = at
			p.locations = append(p.locations, location{name: symbol.Name, sym: c.Symbol})
		}
		l := &p.locations[at]
		l.size = max(l.size, int32(c.Offset)+int32(c.Type.Size))
		if v := c.Init; v.Sym != 0 && t.Program.Symbols[v.Sym-1].Kind == ir.Instruction {
			return nil, fmt.Errorf("location %s: an instruction as data cannot be run", symbol.Name)
		}
		p.cells = append(p.cells, cell{at, int32(c.Offset), c.Type.Size, c.Init})
	}
	p.widen()
	p.out = make([][]int32, len(t.Threads))
	for _, o := range t.Observed {
		if o.Thread < 0 {
			for k, c := range o.Cells {
				p.values[o.Slot+k] = value{thread: -1, cell: c}
			}
			continue
		}
		if o.Type.Size > 8 {
			return nil, fmt.Errorf("register %s of %d bytes: expected at most 8", o.Name, o.Type.Size)
		}
		at := slices.Index(p.out[o.Thread], o.Reg)
		if at < 0 {
			at = len(p.out[o.Thread])
			p.out[o.Thread] = append(p.out[o.Thread], o.Reg)
		}
		p.values[o.Slot] = value{thread: o.Thread, index: at}
	}
	return p, nil
}

// widen makes variables without a declared type as wide as an address: they may hold one, whatever they hold at first. What is stored in
// fewer bytes is read right, since the others are zero.
func (p *program) widen() {
	if p.low() {
		return // addresses have the 4 bytes that variables have anyway
	}
	for i := range p.cells {
		if c, l := &p.cells[i], &p.locations[p.cells[i].location]; !p.test.Program.Cells[i].Type.Declared && l.size == int32(c.size) {
			c.size, l.size = 8, 8
		}
	}
}

// width is how many words tell a final state of the machine: the values, and two bits for each that tell whether it is a number, an address in
// the instance, or one in the code.
func (p *program) width() int { return len(p.values) + (len(p.values)+31)/32 }

// low reports whether the locations must lie in the lowest 4 GB.
func (p *program) low() bool { return p.test.Dialect == "X86" }

// build makes the machine code of a plan for this processor.
func build(p *plan.Plan) (*plan.Code, error) {
	switch runtime.GOARCH {
	case "amd64":
		return amd64.Build(p)
	case "arm64":
		return arm64.Build(p)
	}
	return nil, fmt.Errorf("there is no machine code for %s", runtime.GOARCH)
}

// Check tells whether the test can be run here, as far as that is known without running it. Its errors match [ErrUnsupported], and name
// the instruction or the register.
func Check(t *litmus.Test) error {
	if !slices.Contains(Dialects(), t.Dialect) {
		return fmt.Errorf("%w: a test in %s on a processor of %s", ErrUnsupported, t.Dialect, runtime.GOARCH)
	}
	p, err := prepare(t)
	if err == nil {
		err = lacks(t)
	}
	if err == nil {
		_, err = build(p.plan(newLayout(p)))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return nil
}

// lacks returns an error if the test needs what this processor does not have, as far as the operating system tells.
func lacks(t *litmus.Test) error {
	if t.Dialect != "AArch64" {
		return nil
	}
	for _, need := range arm64.Needs(t) {
		if !native.Has(need.Feature) {
			return fmt.Errorf("%s: %s: this processor is without %s", need.Pos, need.Text, need.Feature)
		}
	}
	return nil
}

// plan is a plan with the locations of a layout, and nothing else chosen.
func (p *program) plan(l layout) *plan.Plan {
	made := &plan.Plan{Test: p.test, Offsets: map[string]int32{}}
	for i, loc := range p.locations {
		made.Offsets[loc.name] = l.offsets[i]
	}
	for t := range p.test.Threads {
		made.Threads = append(made.Threads, plan.Thread{Out: p.out[t]})
	}
	return made
}
