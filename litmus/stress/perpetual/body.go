package perpetual

import (
	"errors"
	"fmt"
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
)

// body is what a thread does in each iteration.
type body struct {
	prog   *ir.Program
	name   string
	code   []ir.Instr
	events []event // in program order
	final  []value // of the registers, after an iteration
	setBy  []int   // by register: the instruction that set it last, -1 if none
}

// event is a load, a store or a fence.
type event struct {
	instr int
	kind  ir.Kind
	cell  int
	size  uint8    // bytes
	value ir.Value // that a store stores
}

func (e event) stores() bool { return e.kind == ir.Store }

// value is what is known of a register before the thread runs.
type value struct {
	ir.Value // if it is known
	known    bool
	// What is loaded by events[event] of this iteration, extended step by step, so that its low bytes are what was loaded.
	loaded bool
	event  int
	steps  []extension
	// It depends on what some load returned, even if it is known.
	dependent bool
}

// extension is a Move, or a load, that keeps size bytes and sign- or zero-extends them.
type extension struct {
	size   uint8
	signed bool
}

// extend is what the register holds when v was loaded.
func (v value) extend(x ir.Value) ir.Value {
	for _, s := range v.steps {
		x = ir.Extend(x, s.size, s.signed)
	}
	return x
}

func (v value) equal(w value) bool {
	return v.Value == w.Value && v.known == w.known && v.loaded == w.loaded && v.event == w.event &&
		slices.Equal(v.steps, w.steps) && v.dependent == w.dependent
}

// newBody runs a thread twice on what is known of its registers, and fails if they may differ, or if what it does is
// beyond a perpetual test.
func newBody(p *ir.Program, thread int) (*body, error) {
	t := &p.Threads[thread]
	first := &body{prog: p, name: t.Name, code: t.Code, final: make([]value, len(t.Regs)), setBy: make([]int, len(t.Regs))}
	for i, v := range t.Init {
		first.final[i], first.setBy[i] = value{Value: v, known: true}, -1
	}
	if err := first.run(); err != nil {
		return nil, err
	}
	again := &body{prog: p, name: t.Name, code: t.Code, final: slices.Clone(first.final), setBy: slices.Clone(first.setBy)}
	for i, v := range again.final {
		if v.loaded { // in the iteration before
			again.final[i] = value{dependent: true}
		}
	}
	if err := again.run(); err != nil {
		return nil, err
	}
	for i := range max(len(first.events), len(again.events)) {
		switch {
		case i >= len(first.events):
			return nil, first.errorf(again.events[i].instr, "the first iteration does less than the next")
		case i >= len(again.events) || again.events[i] != first.events[i]:
			return nil, first.errorf(first.events[i].instr, "it does something else in the next iteration")
		}
	}
	for r, v := range first.final {
		if !v.equal(again.final[r]) {
			return nil, first.errorf(max(first.setBy[r], again.setBy[r]), "%s changes from iteration to iteration", registerName(t.Regs[r]))
		}
	}
	return first, nil
}

func registerName(r ir.Reg) string {
	if r.Name == "" {
		return "a temporary"
	}
	return r.Name
}

func cellName(p *ir.Program, cell int) string {
	c := &p.Cells[cell]
	name := p.Symbols[c.Symbol-1].Name
	if c.Offset != 0 {
		name = fmt.Sprintf("%s%+d", name, c.Offset)
	}
	return name
}

func (b *body) errorf(instr int, format string, args ...any) error {
	return fmt.Errorf("%s: %s: %s", b.name, b.code[instr].Text, fmt.Sprintf(format, args...))
}

// run runs one iteration.
func (b *body) run() error {
	for i := range b.code {
		from := len(b.events)
		micro := b.code[i].Micro
		for k := 0; k < len(micro); k++ {
			skip, err := b.step(i, &micro[k])
			if err != nil {
				return b.errorf(i, "%v", err)
			}
			if micro[k].Kind == ir.Branch || micro[k].Kind == ir.Jump {
				if k != len(micro)-1 || int(micro[k].Target) != i+1 {
					return b.errorf(i, "it branches")
				}
			}
			k += skip
		}
		if own := b.events[from:]; len(own) > 1 && slices.ContainsFunc(own, event.stores) {
			return b.errorf(i, "it stores, and does another access too")
		}
	}
	return nil
}

// step does one micro-operation, and says how many to skip.
func (b *body) step(instr int, m *ir.Micro) (skip int, err error) {
	switch m.Kind {
	case ir.Compute:
		b.set(instr, m.Dst, b.compute(m))
	case ir.Select:
		cond, v := b.operand(m.Src[0]), value{dependent: true}
		if cond.known {
			v = b.operand(m.Src[2])
			if cond.IsTrue() {
				v = b.operand(m.Src[1])
			}
			v.dependent = v.dependent || cond.dependent
		}
		b.set(instr, m.Dst, v)
	case ir.Skip:
		cond := b.operand(m.Src[0])
		if !cond.known {
			return 0, errors.New("what it does depends on what was loaded")
		}
		if !cond.IsTrue() {
			return int(m.Target), nil
		}
	case ir.Load, ir.Store:
		return 0, b.access(instr, m)
	case ir.Fence:
		b.events = append(b.events, event{instr: instr, kind: ir.Fence})
	case ir.Branch, ir.Jump:
	default:
		return 0, errors.New("expected loads, stores, fences and computation")
	}
	return 0, nil
}

func (b *body) access(instr int, m *ir.Micro) error {
	if m.Flags&(ir.Reserve|ir.Amo) != 0 {
		return errors.New("it is a read-modify-write, or half of one")
	}
	at := b.operand(m.Addr)
	if !at.known {
		return errors.New("its address depends on what was loaded")
	}
	e := event{instr: instr, kind: m.Kind, size: m.Size}
	e.cell = slices.IndexFunc(b.prog.Cells, func(c ir.Cell) bool { return ir.Value{Sym: c.Symbol, Int: c.Offset} == at.Value })
	if e.cell < 0 {
		return errors.New("its address is not that of a location")
	}
	cell := &b.prog.Cells[e.cell]
	switch {
	case cell.Type.Declared && cell.Type.Size != m.Size || m.Size > 8:
		return fmt.Errorf("it accesses %d bytes of %s", m.Size, cellName(b.prog, e.cell))
	case cell.Init.IsTrue() || cell.ReadOnly:
		return fmt.Errorf("%s is not 0 at first", cellName(b.prog, e.cell))
	}
	if e.stores() {
		v := b.operand(m.Src[0])
		if !v.known || v.dependent {
			return errors.New("what it stores depends on what was loaded")
		}
		e.value = v.Value
	} else {
		b.set(instr, m.Dst, value{
			loaded: true, event: len(b.events), dependent: true,
			steps: []extension{{m.Size, m.Flags&ir.Signed != 0}},
		})
	}
	b.events = append(b.events, e)
	return nil
}

func (b *body) operand(o ir.Operand) value {
	if o.Reg == ir.NoReg {
		return value{Value: o.Imm, known: true}
	}
	return b.final[o.Reg]
}

func (b *body) set(instr int, reg int32, v value) {
	if reg != ir.NoReg {
		b.final[reg], b.setBy[reg] = v, instr
	}
}

// compute is what a Compute gives.
func (b *body) compute(m *ir.Micro) value {
	x, y, z := b.operand(m.Src[0]), b.operand(m.Src[1]), b.operand(m.Src[2])
	signed := m.Flags&ir.Signed != 0
	out := value{dependent: x.dependent || y.dependent || z.dependent}
	switch {
	case x.known && y.known && z.known:
		if v, err := ir.Eval(m.Fn, m.Size, signed, x.Value, y.Value, z.Value); err == nil {
			out.Value, out.known = v, true
		}
	case m.Fn == ir.Move && x.loaded && m.Size >= x.steps[0].size:
		out.loaded, out.event, out.steps = true, x.event, append(slices.Clone(x.steps), extension{m.Size, signed})
	case (m.Fn == ir.Xor || m.Fn == ir.Sub) && (m.Src[0] == m.Src[1] || x.loaded && x.equal(y)):
		out.known = true // 0, whatever it is
	}
	return out
}
