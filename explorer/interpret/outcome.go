package interpret

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus/ir"
)

// outcome gathers what complete executions end in.
type outcome struct {
	p      *program
	races  bool           // by the search's own account they make the test undefined
	index  map[string]int // of states, by key
	result enumerate.Result
	values []ir.Value
	key    []byte
}

// newOutcome returns an outcome for a model.
func newOutcome(p *program, model string) *outcome {
	return &outcome{
		p: p, races: model == "rc11" || model == "go",
		index: map[string]int{}, values: make([]ir.Value, p.test.Slots()), result: enumerate.Result{Model: model},
	}
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
			w, ok := e.final(m.vars[cell].Addr)
			if !ok {
				w = m.vars[cell].Init
			}
			o.values[at.Slot+k] = m.value(w)
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
	if o.races && !o.result.Undefined {
		o.race(e.races())
	}
	for _, f := range e.flags() {
		o.flag(enumerate.Flag{Name: f.Name, Undefined: f.Undefined})
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

// race records the pairs of events of an execution that race, if there are any.
func (o *outcome) race(events [][2][2]int32) {
	var pairs [][2]position
	for _, e := range events {
		pair := [2]position{o.position(e[0]), o.position(e[1])}
		if pair[1].compare(pair[0]) < 0 {
			pair[0], pair[1] = pair[1], pair[0]
		}
		pairs = append(pairs, pair)
	}
	slices.SortFunc(pairs, func(a, b [2]position) int { return cmp.Or(a[0].compare(b[0]), a[1].compare(b[1])) })
	if len(pairs) == 0 {
		return
	}
	flag := enumerate.Flag{Name: "race", Undefined: true}
	for _, p := range slices.Compact(pairs) { // a read-modify-write is two events
		flag.Pairs = append(flag.Pairs, o.describe(p[0])+" / "+o.describe(p[1]))
	}
	o.flag(flag)
}

// flag records a flag once.
func (o *outcome) flag(f enumerate.Flag) {
	if slices.ContainsFunc(o.result.Flags, func(g enumerate.Flag) bool { return g.Name == f.Name }) {
		return
	}
	o.result.Flags = append(o.result.Flags, f)
	o.result.Undefined = o.result.Undefined || f.Undefined
}

// position is an access of a thread of the test, by number.
type position struct{ thread, access int }

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.thread, q.thread), cmp.Compare(p.access, q.access))
}

// position is the access that an event belongs to.
func (o *outcome) position(event [2]int32) position {
	thread := int(event[0]) - 1
	accesses := o.p.threads[thread].accesses
	after := sort.Search(len(accesses), func(i int) bool { return accesses[i].event > int(event[1]) })
	return position{thread, after - 1}
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

// finish returns the result.
func (o *outcome) finish(stopped bool) *enumerate.Result {
	r := &o.result
	r.Stopped, r.BoundHit = stopped, o.p.boundHit
	slices.SortFunc(r.Flags, func(a, b enumerate.Flag) int { return cmp.Compare(a.Name, b.Name) })
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
