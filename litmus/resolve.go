package litmus

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// resolver gives the test's names their meaning and lowers its threads.
type resolver struct {
	test     *Test
	dialect  ir.Dialect
	prog     *ir.Program
	builders []*ir.Builder
	globals  map[int32]*global // the locations, by symbol
	// Labels that the test's text uses as addresses, by symbol: where it does first.
	labels map[int32]source.Pos
	places map[Place]int // by place without its position: its index in Test.Observed
}

// global is what is known of a location.
type global struct {
	typ    ir.Type
	array  int // number of elements, 0 for a scalar
	values []ir.Value
	made   bool
	cell   int // the first of its cells, if they are made
}

func (p *parser) resolve() error {
	r := &resolver{
		test: p.test, dialect: p.dialect, prog: &ir.Program{Arch: p.test.Dialect},
		globals: map[int32]*global{}, labels: map[int32]source.Pos{}, places: map[Place]int{},
	}
	for i := range p.test.Threads {
		r.builders = append(r.builders, ir.NewBuilder(r.prog, i))
	}
	for _, step := range []func() error{
		r.initialMemory, r.initialRegisters, r.parameters, r.cells, r.lower, r.symbolicRegisters, r.cells,
		r.observe, r.finish,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	p.test.Program = r.prog
	return nil
}

// value is the IR's value of a constant.
func (r *resolver) value(c Constant) (ir.Value, error) {
	switch c.Kind {
	case Address:
		v := ir.Value{Sym: r.prog.Symbol(ir.Location, c.Name)}
		if c.Index != NoIndex {
			g := r.globals[v.Sym]
			if g == nil || g.array == 0 {
				return v, source.Errorf(c.Pos, "%s is not declared as an array", c.Name)
			}
			if c.Index > g.array {
				return v, source.Errorf(c.Pos, "%s has only %d elements", c.Name, g.array)
			}
			v.Int = int64(c.Index) * int64(g.typ.Size)
		}
		return v, nil
	case LabelAddress:
		if c.Thread >= len(r.builders) {
			return ir.Value{}, source.Errorf(c.Pos, "there is no thread P%d", c.Thread)
		}
		sym := r.prog.LabelSymbol(c.Thread, c.Name)
		if _, ok := r.labels[sym]; !ok {
			r.labels[sym] = c.Pos
		}
		return ir.Value{Sym: sym}, nil
	case InstructionText:
		text := c.Name
		if r.dialect == nil {
			return ir.Value{}, source.Errorf(c.Pos, "a C test has no instructions")
		}
		if node, err := r.dialect.Parse(text, c.Pos); err == nil {
			text = node.String()
		}
		return ir.Value{Sym: r.prog.Symbol(ir.Instruction, text)}, nil
	}
	return ir.Int(c.Int), nil
}

func (r *resolver) values(list []Constant) ([]ir.Value, error) {
	values := make([]ir.Value, len(list))
	for i, c := range list {
		var err error
		if values[i], err = r.value(c); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// refuseType refuses declarations of what is beyond the package.
func refuseType(item InitItem) error {
	for _, w := range strings.Fields(item.Type) {
		switch w {
		case "pteval_t", "parel1_t", "PAREL1_T":
			return source.Errorf(item.Pos, "%s: virtual memory is not supported", w)
		}
	}
	return nil
}

func (r *resolver) initialMemory() error {
	// Types first, for x[1] as a value needs that of x.
	for _, item := range r.test.Init {
		if item.Place.Thread >= 0 || item.Place.IsSymbolic() {
			continue
		}
		if err := refuseType(item); err != nil {
			return err
		}
		sym := r.prog.Symbol(ir.Location, item.Place.Name)
		g := r.globals[sym]
		typed := item.Type != "" || item.Pointer
		switch {
		case g == nil:
			g = &global{typ: ir.Type{Size: 4}}
			r.globals[sym] = g
		case typed && g.typ.Declared || item.Array > 0 || g.array > 0:
			return source.Errorf(item.Pos, "%s is declared twice", item.Place.Name)
		}
		if typed {
			g.typ, g.array = declaredType(item.Type, item.Pointer), item.Array
		}
	}
	for _, item := range r.test.Init {
		if item.Place.Thread >= 0 || item.Place.IsSymbolic() || item.Values == nil {
			continue
		}
		values, err := r.values(item.Values)
		if err != nil {
			return err
		}
		r.globals[r.prog.Symbol(ir.Location, item.Place.Name)].values = values
	}
	return nil
}

func (r *resolver) initialRegisters() error {
	for _, item := range r.test.Init {
		if item.Place.Thread < 0 {
			continue
		}
		if item.Place.Thread >= len(r.builders) {
			return source.Errorf(item.Place.Pos, "there is no thread P%d", item.Place.Thread)
		}
		name, err := r.register(item.Place)
		if err != nil {
			return err
		}
		if err := r.setRegister(item.Place.Thread, name, item); err != nil {
			return err
		}
	}
	return nil
}

func (r *resolver) setRegister(thread int, name string, item InitItem) error {
	if err := refuseType(item); err != nil {
		return err
	}
	values, err := r.values(item.Values)
	if err != nil {
		return err
	}
	b := r.builders[thread]
	typ, init := b.Register(b.Reg(name))
	if item.Type != "" || item.Pointer {
		typ = declaredType(item.Type, item.Pointer)
	}
	if len(values) > 0 {
		init = values[0]
	}
	b.SetReg(name, typ, init)
	return nil
}

// register is the canonical name of a register that the test's text names.
func (r *resolver) register(p Place) (string, error) {
	if p.Thread >= len(r.builders) {
		return "", source.Errorf(p.Pos, "there is no thread P%d", p.Thread)
	}
	if r.dialect == nil {
		return p.Name, nil
	}
	name, ok := r.dialect.Register(p.Name)
	if !ok {
		return "", source.Errorf(p.Pos, "%s is not a register of %s", p.Name, r.dialect.Name())
	}
	return name, nil
}

// lower emits the threads' code.
func (r *resolver) lower() error {
	if r.dialect == nil {
		return r.lowerFunctions()
	}
	r.prog.Tags = r.dialect.Tags()
	for i := range r.test.Threads {
		if err := r.lowerLines(i, i); err != nil {
			return err
		}
	}
	return r.lowerForeign()
}

// lowerLines emits thread from's code into thread to.
func (r *resolver) lowerLines(from, to int) error {
	b := r.builders[to]
	for _, line := range r.test.Threads[from].Lines {
		for _, label := range line.Labels {
			if err := b.Label(label, line.Pos); err != nil {
				return err
			}
		}
		if line.Node == nil {
			continue
		}
		b.Instruction(line.Node.String(), line.Pos)
		if err := line.Node.Lower(b, line.Pos); err != nil {
			return err
		}
	}
	return nil
}

// lowerForeign appends to the threads that jump to addresses in registers the code of the threads whose addresses
// are taken, since code is shared.
func (r *resolver) lowerForeign() error {
	jumps, taken := make([]bool, len(r.builders)), make([]bool, len(r.builders))
	for i, b := range r.builders {
		jumps[i], taken[i] = b.CodeAddresses()
	}
	for sym := range r.labels {
		taken[labelThread(r.prog.Symbols[sym-1].Name)] = true
	}
	for to, b := range r.builders {
		if !jumps[to] {
			continue
		}
		for from := range r.builders {
			if from == to || !taken[from] {
				continue
			}
			b.Instruction("", source.Pos{})
			b.Emit(ir.Micro{Kind: ir.Exit, Dst: ir.NoReg})
			b.Scope(from)
			if err := r.lowerLines(from, to); err != nil {
				return err
			}
		}
		b.Scope(to)
	}
	return nil
}

// labelThread is the thread of a label's symbol.
func labelThread(symbol string) int {
	thread, _, _ := strings.Cut(symbol, ":")
	n, _ := threadName(thread)
	return n
}

// symbolicRegisters initialises %name, in every thread that uses it.
func (r *resolver) symbolicRegisters() error {
	for _, item := range r.test.Init {
		if item.Place.Thread >= 0 || !item.Place.IsSymbolic() {
			continue
		}
		if r.dialect == nil {
			return source.Errorf(item.Place.Pos, "a C test has no symbolic register %s", item.Place.Name)
		}
		name, ok := r.dialect.Register(item.Place.Name)
		if !ok {
			return source.Errorf(item.Place.Pos, "%s is not a register of %s", item.Place.Name, r.dialect.Name())
		}
		for i, b := range r.builders {
			if !b.Known(name) {
				continue
			}
			if err := r.setRegister(i, name, item); err != nil {
				return err
			}
		}
	}
	return nil
}

// cells makes the memory cells of the locations that have none yet, in the order in which the test names them.
func (r *resolver) cells() error {
	for i := range r.prog.Symbols {
		if r.prog.Symbols[i].Kind != ir.Location {
			continue
		}
		sym := int32(i + 1)
		g := r.globals[sym]
		if g == nil {
			g = &global{typ: ir.Type{Size: 4}}
			r.globals[sym] = g
		}
		if g.made {
			continue
		}
		g.made, g.cell = true, len(r.prog.Cells)
		for k := range max(1, g.array) {
			cell := ir.Cell{Symbol: sym, Offset: int64(k) * int64(g.typ.Size), Type: g.typ}
			if k < len(g.values) {
				cell.Init = g.values[k]
			}
			r.prog.Cells = append(r.prog.Cells, cell)
		}
	}
	return nil
}

// finish closes the threads, and makes read-only cells of the instructions whose addresses are taken, so
// that code can be read as data.
func (r *resolver) finish() error {
	for _, b := range r.builders {
		if err := b.Finish(); err != nil {
			return err
		}
	}
	taken := map[int32]bool{}
	for _, t := range r.prog.Threads {
		for _, in := range t.Code {
			for _, m := range in.Micro {
				for _, o := range append(m.Src[:], m.Addr) {
					taken[o.Imm.Sym] = true
				}
			}
		}
	}
	for i := range r.prog.Symbols {
		s := r.prog.Symbols[i] // a copy: Symbol, below, may move the slice
		sym := int32(i + 1)
		at, named := r.labels[sym]
		if s.Kind != ir.Label || !named && !taken[sym] {
			continue
		}
		thread := &r.prog.Threads[labelThread(s.Name)]
		index, ok := thread.Labels[sym]
		if !ok && named {
			return source.Errorf(at, "%s has no label %s", thread.Name, strings.TrimPrefix(s.Name, thread.Name+":"))
		}
		if !ok || index >= len(thread.Code) || len(thread.Code[index].Text) == 0 {
			continue
		}
		r.prog.Cells = append(r.prog.Cells, ir.Cell{
			Symbol: sym, Type: ir.Type{Size: 4, Declared: true}, ReadOnly: true,
			Init: ir.Value{Sym: r.prog.Symbol(ir.Instruction, r.relative(thread, index))},
		})
	}
	return nil
}

// relative is the text of an instruction with the labels in it as distances in bytes: "B .+4".
// Instructions are four bytes long wherever code can be read.
func (r *resolver) relative(thread *ir.Thread, index int) string {
	text := thread.Code[index].Text
	var b strings.Builder
	for text != "" {
		n := max(1, nameLen([]byte(text)))
		word := text[:n]
		text = text[n:]
		if sym, ok := r.prog.Lookup(ir.Label, thread.Name+":"+word); ok {
			if target, ok := thread.Labels[sym]; ok {
				fmt.Fprintf(&b, ".%+d", 4*(target-index))
				continue
			}
		}
		b.WriteString(word)
	}
	return b.String()
}
