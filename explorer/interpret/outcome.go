package interpret

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus/ir"
)

// outcome gathers what complete executions end in.
type outcome struct {
	p      *program
	index  map[string]int // of states, by key
	result enumerate.Result
	values []ir.Value
	key    []byte
}

func newOutcome(p *program) *outcome {
	return &outcome{p: p, index: map[string]int{}, values: make([]ir.Value, p.test.Slots())}
}

// add records the execution that the program's latest run made.
func (o *outcome) add(e *execution) {
	t, m := o.p.test, o.p.memory
	o.result.Candidates++
	for _, th := range o.p.threads {
		if th.fault != nil {
			o.unsupported(th.fault)
			return
		}
	}
	for i := range t.Observed {
		at := &t.Observed[i]
		if at.Thread >= 0 {
			o.values[at.Slot] = o.p.threads[at.Thread].regs[at.Reg]
		}
		for k, cell := range at.Cells {
			o.values[at.Slot+k] = m.value(e.final(m.vars[cell]))
		}
	}
	if t.Filter != nil && !t.Filter.Eval(o.values) {
		return
	}
	t.Normalize(o.values)
	o.key = o.key[:0]
	for _, v := range o.values {
		o.key = fmt.Appendf(o.key, "%d+%d ", v.Sym, v.Int)
	}
	i, ok := o.index[string(o.key)]
	if !ok {
		i = len(o.result.States)
		o.index[string(o.key)] = i
		o.result.States = append(o.result.States, enumerate.State{
			Values: slices.Clone(o.values), Holds: t.Condition.Prop.Eval(o.values),
		})
	}
	o.result.States[i].Count++
	if len(e.races) > 0 && len(o.result.Flags) == 0 {
		o.race(e.races)
	}
}

func (o *outcome) unsupported(err error) {
	for _, f := range o.result.Unsupported {
		if f.Error() == err.Error() {
			return
		}
	}
	o.result.Unsupported = append(o.result.Unsupported, err)
}

// race records the races of the first execution that has any.
func (o *outcome) race(races []race) {
	flag := enumerate.Flag{Name: "race", Undefined: true}
	for _, r := range races {
		flag.Pairs = append(flag.Pairs, o.describe(r[0])+" / "+o.describe(r[1]))
	}
	o.result.Flags, o.result.Undefined = append(o.result.Flags, flag), true
}

// describe is a label of an access: its thread, instruction, and what it read and wrote.
func (o *outcome) describe(at position) string {
	a := &o.p.threads[at.thread].accesses[at.access]
	cell := &o.p.test.Program.Cells[a.cell]
	name := o.p.memory.name(ir.Value{Sym: cell.Symbol, Int: cell.Offset})
	var b strings.Builder
	fmt.Fprintf(&b, "P%d: %s:", at.thread, a.instr.Text)
	if a.reads {
		fmt.Fprintf(&b, " R[%s]=%s", name, o.p.test.FormatValue(a.read, cell.Type))
	}
	if a.writes {
		fmt.Fprintf(&b, " W[%s]=%s", name, o.p.test.FormatValue(a.written, cell.Type))
	}
	return b.String()
}

// finish returns the result for a model.
func (o *outcome) finish(model string, stopped bool) *enumerate.Result {
	r := &o.result
	r.Model, r.Stopped, r.BoundHit = model, stopped, o.p.boundHit
	slices.SortFunc(r.States, func(a, b enumerate.State) int { return slices.CompareFunc(a.Values, b.Values, ir.Value.Compare) })
	for _, s := range r.States {
		if s.Holds {
			r.Positive += s.Count
		} else {
			r.Negative += s.Count
		}
	}
	return r
}
