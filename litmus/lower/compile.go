package lower

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
)

// value is what an instruction computes with: a register, or an integer.
type value struct {
	reg int32 // ir.NoReg: n
	n   int64
}

func number(n int64) value { return value{ir.NoReg, n} }

func (v value) isNumber() bool { return v.reg == ir.NoReg }

// condition is a comparison of size bytes.
type condition struct {
	fn   ir.Fn // Eq, Ne, LtU, LtS, LeU or LeS
	size uint8 // 4 or 8
	a, b value
}

// not is the opposite.
func (c condition) not() condition {
	switch c.fn {
	case ir.Eq:
		c.fn = ir.Ne
	case ir.Ne:
		c.fn = ir.Eq
	default:
		c.fn = map[ir.Fn]ir.Fn{ir.LtU: ir.LeU, ir.LtS: ir.LeS, ir.LeU: ir.LtU, ir.LeS: ir.LtS}[c.fn]
		c.a, c.b = c.b, c.a
	}
	return c
}

// machine emits the instructions of a processor that no table decides. Sizes are 4 or 8 where nothing else is said.
type machine interface {
	dialect() string
	// registers are those that may be allocated, named as states name them.
	registers() []string
	// view is the name of a register in an instruction on size bytes.
	view(register string, size uint8) string
	// fixed are the operands of a table that are known by the size of the access, and what they stand for.
	fixed(size uint8) []string
	// literal is how a table's {new} or {expected} is written if it is a number; false if it takes a register.
	literal(n int64, size uint8) (string, bool)

	set(g *generator, dst int32, n int64, size uint8)
	move(g *generator, dst, src int32, size uint8)
	// extend makes what dst holds of src, in its low size bytes, right in 32 bits, and in 64 if dst is wide. loaded says that
	// an access of that size left src.
	extend(g *generator, dst, src int32, size uint8, signed, loaded bool)
	// compute reports false if there is no such instruction.
	compute(g *generator, dst int32, fn ir.Fn, size uint8, a, b value) bool
	test(g *generator, dst int32, c condition)
	branch(g *generator, c condition, label string)
	choose(g *generator, dst int32, c condition, a, b value, size uint8)
	jump(label string) string
}

// code is a compiled thread.
type code struct {
	lines     []litmus.Line
	init      []litmus.InitItem
	registers map[string]string // of the locals that are observed
}

// generator compiles one thread.
type generator struct {
	machine
	table    *mapping.Table
	prog     *ir.Program
	thread   *ir.Thread
	tags     tags
	code     [][]operation
	wide     []bool
	units    []unit
	initial  map[int32]ir.Value  // what registers hold at the start
	address  map[int32]int32     // registers that hold addresses of locations, by symbol
	known    map[int32]condition // of registers that hold 1 or 0 as it says
	labels   int
	pending  []string // labels of the next unit
	atTarget map[int]string
}

// exitLabel is where a thread ends.
const exitLabel = "end"

// compile compiles thread i, in which some registers are observed, by type.
func compile(m machine, table *mapping.Table, prog *ir.Program, i int, observed map[int32]ir.Type, pos source.Pos) (*code, error) {
	t := prog.Threads[i]
	g := &generator{
		machine: m, table: table, prog: prog, thread: &t, tags: newTags(prog.Tags),
		initial: map[int32]ir.Value{}, address: map[int32]int32{}, known: map[int32]condition{}, atTarget: map[int]string{},
	}
	for k := range t.Code {
		g.code = append(g.code, operations(&t.Code[k]))
	}
	separate(g.code, &t)
	g.wide = widths(g.code, &t, observed)
	for r := range t.Regs {
		g.initial[int32(r)] = t.Init[r]
	}
	for k := range t.Code {
		for _, op := range g.code[k] {
			if op.Kind == ir.Branch || op.Kind == ir.Jump {
				if to := int(op.Target); g.atTarget[to] == "" {
					g.atTarget[to] = g.newLabel()
				}
			}
		}
	}
	exits := false
	for k := range t.Code {
		g.place(k)
		for n := 0; n < len(g.code[k]); n++ {
			op := &g.code[k][n]
			exits = exits || op.Kind == ir.Exit
			if op.Kind == ir.Skip {
				if err := g.skip(&t.Code[k], g.code[k][n:]); err != nil {
					return nil, err
				}
				n += int(op.Target)
				continue
			}
			if err := g.operation(&t.Code[k], op); err != nil {
				return nil, err
			}
		}
	}
	g.place(len(t.Code))
	if exits {
		g.pending = append(g.pending, exitLabel)
	}
	return g.finish(i, observed, pos)
}

// place labels the instruction of that index if a branch goes there.
func (g *generator) place(index int) {
	if label, ok := g.atTarget[index]; ok {
		g.pending = append(g.pending, label)
		clear(g.known)
	}
}

func (g *generator) newLabel() string {
	g.labels++
	return fmt.Sprintf("L%d", g.labels-1)
}

// register makes a new one, for a value of size bytes.
func (g *generator) register(size uint8) int32 {
	g.wide = append(g.wide, size == 8)
	return int32(len(g.wide) - 1)
}

// value is an operand of an operation on size bytes.
func (g *generator) value(o ir.Operand) value {
	switch {
	case o.Reg != ir.NoReg:
		return value{reg: o.Reg}
	case o.Imm.Sym == 0:
		return number(o.Imm.Int)
	}
	base, ok := g.address[o.Imm.Sym]
	if !ok {
		base = g.register(8)
		g.address[o.Imm.Sym] = base
		g.initial[base] = ir.Value{Sym: o.Imm.Sym}
	}
	if o.Imm.Int == 0 {
		return value{reg: base}
	}
	sum := g.register(8)
	g.compute(g, sum, ir.Add, 8, value{reg: base}, number(o.Imm.Int))
	return value{reg: sum}
}

// inRegister is a value in a register.
func (g *generator) inRegister(v value, size uint8) int32 {
	if !v.isNumber() {
		return v.reg
	}
	r := g.register(size)
	g.set(g, r, v.n, size)
	return r
}

// forget drops what is known of a register that changes.
func (g *generator) forget(r int32) {
	for k, c := range g.known {
		if k == r || c.a.reg == r || c.b.reg == r {
			delete(g.known, k)
		}
	}
}

func (g *generator) operation(in *ir.Instr, op *operation) error {
	if op.Dst != ir.NoReg {
		defer func() {
			if op.cas == nil && !(op.Kind == ir.Compute && isComparison(op.Fn)) {
				g.forget(op.Dst)
			}
		}()
	}
	switch op.Kind {
	case ir.Compute:
		return g.arithmetic(in, op)
	case ir.Select:
		size := width(g.wide[op.Dst])
		g.choose(g, op.Dst, g.isTrue(g.value(op.Src[0])), g.value(op.Src[1]), g.value(op.Src[2]), size)
	case ir.Load, ir.Store, ir.Update:
		return g.access(in, op)
	case ir.Fence:
		return g.fence(in, op)
	case ir.Branch:
		g.branch(g, g.isTrue(g.value(op.Src[0])), g.atTarget[int(op.Target)])
	case ir.Jump:
		g.emit(unit{text: g.jump(g.atTarget[int(op.Target)]), target: g.atTarget[int(op.Target)], ends: true})
	case ir.Exit:
		g.emit(unit{text: g.jump(exitLabel), target: exitLabel, ends: true})
	default:
		return unsupported(in, "no mapping for this read-modify-write: expected one of <stdatomic.h>, its operands without side effects")
	}
	return nil
}

// skip compiles a region of operations that runs only if a condition holds.
func (g *generator) skip(in *ir.Instr, ops []operation) error {
	n := int(ops[0].Target)
	c := g.isTrue(g.value(ops[0].Src[0]))
	if n == 1 && c.fn == ir.Ne && ops[1].Kind == ir.Compute && ops[1].Fn == ir.Move && ops[1].Src[0].Reg == c.a.reg && ops[1].Dst == c.b.reg {
		// A local gets the value found where it differs from its own: it can always have it.
		return g.operation(in, &ops[1])
	}
	end := g.newLabel()
	g.branch(g, c.not(), end)
	for i := range ops[1 : 1+n] {
		if err := g.operation(in, &ops[1+i]); err != nil {
			return err
		}
	}
	g.pending = append(g.pending, end)
	clear(g.known)
	return nil
}

// narrowed is a value as one of size bytes: comparisons look at all of some registers.
func (g *generator) narrowed(v value, size uint8) value {
	if size == 8 || g.sizeOf(v) != 8 {
		return v
	}
	low := g.register(4)
	g.move(g, low, v.reg, 4)
	return value{reg: low}
}

func width(wide bool) uint8 {
	if wide {
		return 8
	}
	return 4
}

// sizeOf is the size in which a value is compared with zero.
func (g *generator) sizeOf(v value) uint8 { return width(!v.isNumber() && g.wide[v.reg]) }

// isTrue is the condition that v is not zero.
func (g *generator) isTrue(v value) condition {
	c := condition{ir.Ne, g.sizeOf(v), v, number(0)}
	for {
		of, ok := g.known[c.a.reg]
		if !ok || c.a.isNumber() || c.b != number(0) || c.fn != ir.Ne && c.fn != ir.Eq {
			return c
		}
		if c.fn == ir.Eq {
			of = of.not()
		}
		c = of
	}
}

func (g *generator) arithmetic(in *ir.Instr, op *operation) error {
	a, b := g.value(op.Src[0]), g.value(op.Src[1])
	switch {
	case isComparison(op.Fn):
		c := condition{op.Fn, max(op.Size, 4), a, b}
		if b == number(0) && (op.Fn == ir.Eq || op.Fn == ir.Ne) {
			c.size = min(c.size, g.sizeOf(a))
		}
		g.compareTo(op.Dst, c)
		return nil
	case op.Fn == ir.Move && op.Size == 8:
		g.copyTo(op.Dst, a)
		return nil
	case op.Fn == ir.Move:
		g.extend(g, op.Dst, g.inRegister(a, 8), op.Size, op.Flags&ir.Signed != 0, false)
		return nil
	}
	if !g.compute(g, op.Dst, op.Fn, op.Size, a, b) {
		return unsupported(in, "%s has no instruction for this arithmetic (multiplication by powers of two only, no division)", g.table.Target)
	}
	if op.Size < 8 {
		g.extend(g, op.Dst, op.Dst, op.Size, op.Flags&ir.Signed != 0, true)
	}
	return nil
}

// compareTo sets dst to 1 if c holds, else to 0.
func (g *generator) compareTo(dst int32, c condition) {
	g.test(g, dst, c)
	g.forget(dst)
	if c.a.reg != dst && c.b.reg != dst {
		g.known[dst] = c
	}
}

func (g *generator) copyTo(dst int32, v value) {
	if v.isNumber() {
		g.set(g, dst, v.n, width(g.wide[dst]))
		return
	}
	g.move(g, dst, v.reg, width(g.wide[dst]))
}

// access compiles a load, a store, or a read-modify-write, by the table.
func (g *generator) access(in *ir.Instr, op *operation) error {
	if op.Size > 8 {
		return unsupported(in, "an access of %d bytes: expected 1, 2, 4 or 8", op.Size)
	}
	kind, order, err := g.tags.access(op, g.table.Consume)
	if err != nil {
		return unsupported(in, "%v", err)
	}
	sequence, err := g.table.Sequence(kind, order, op.Size)
	if err != nil {
		return unsupported(in, "%v", err)
	}
	operands := map[string]value{"addr": value{reg: g.inRegister(g.value(op.Addr), 8)}}
	dst := op.Dst
	switch {
	case op.cas != nil:
		dst = op.cas.old
		operands["expected"], operands["desired"] = g.narrowed(g.value(op.cas.expected), op.Size), g.value(op.cas.desired)
	case op.Kind != ir.Load:
		operands["new"] = g.value(op.Src[0])
	}
	if dst == ir.NoReg {
		dst = g.register(max(op.Size, 4))
	}
	g.expand(sequence, op.Size, dst, operands)
	if op.Kind != ir.Store && op.Size < 8 {
		g.extend(g, dst, dst, op.Size, op.Flags&ir.Signed != 0, true)
	}
	if x := op.cas; x != nil {
		g.forget(x.old)
		g.compareTo(x.success, condition{ir.Eq, max(op.Size, 4), value{reg: x.old}, operands["expected"]})
		g.compareTo(x.failure, condition{ir.Eq, 4, value{reg: x.success}, number(0)})
	}
	return nil
}

func (g *generator) fence(in *ir.Instr, op *operation) error {
	order, err := g.tags.fence(op.Tags)
	if err != nil {
		return unsupported(in, "%v", err)
	}
	sequence, err := g.table.Sequence(mapping.Fence, order, 0)
	if err != nil {
		return unsupported(in, "%v", err)
	}
	g.expand(sequence, 4, ir.NoReg, nil)
	return nil
}

// expand emits a sequence of the table as one unit.
func (g *generator) expand(sequence string, size uint8, old int32, operands map[string]value) {
	if sequence == "" {
		return
	}
	u := unit{early: true}
	replace := g.fixed(size)
	operand := func(name string, a argument) {
		for _, part := range []struct {
			name string
			size uint8
		}{{name, a.size}, {name + ".r", max(a.size, 4)}} {
			if strings.Contains(sequence, "{"+part.name+"}") {
				replace = append(replace, "{"+part.name+"}", fmt.Sprintf("{%d}", len(u.args)))
				a.size = part.size
				u.args = append(u.args, a)
			}
		}
	}
	for _, name := range []string{"addr", "new", "desired", "expected"} {
		v, ok := operands[name]
		if !ok {
			continue
		}
		if text, isLiteral := g.literal(v.n, size); v.isNumber() && isLiteral && name != "desired" {
			replace = append(replace, "{"+name+"}", text, "{"+name+".r}", text)
			continue
		}
		of := size
		if name == "addr" {
			of = 8
		}
		operand(name, argument{reg: g.inRegister(v, max(of, 4)), size: of, reads: true})
	}
	operand("old", argument{reg: old, size: size, writes: true})
	operand("t", argument{reg: g.register(max(size, 4)), size: size, writes: true})
	operand("status", argument{reg: g.register(4), size: 4, writes: true})
	for _, label := range []string{"1", "2"} {
		if strings.Contains(sequence, label+":") {
			l := g.newLabel()
			replace = append(replace, label+":", l+":", label+"b", l, label+"f", l)
		}
	}
	u.text = strings.NewReplacer(replace...).Replace(sequence)
	g.emit(u)
}
