package litmus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// observe resolves what locations, condition and filter speak of, and lays out the states.
func (r *resolver) observe() error {
	for i := range r.test.Locations {
		item := &r.test.Locations[i]
		at, err := r.observed(&item.Place, false)
		if err != nil {
			return err
		}
		if item.Type != "" || item.Pointer {
			r.test.Observed[at].Type = declaredType(item.Type, item.Pointer)
		}
	}
	var err error
	if r.test.Condition.Prop, err = r.prop(r.test.Condition.Prop, false); err != nil {
		return err
	}
	if r.test.Filter != nil {
		if r.test.Filter, err = r.prop(r.test.Filter, true); err != nil {
			return err
		}
	}
	order := make([]int, len(r.test.Observed))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return compareObserved(&r.test.Observed[i], &r.test.Observed[j]) })
	sorted := make([]Observed, len(order))
	slots := make([]slot, len(order))
	for to, from := range order {
		o := r.test.Observed[from]
		o.Slot = r.test.slots
		r.test.slots += max(1, len(o.Cells))
		sorted[to], slots[from] = o, slot{o.Slot, o.Type}
	}
	r.test.Observed = sorted
	place(r.test.Condition.Prop, slots)
	place(r.test.Filter, slots)
	return nil
}

// place replaces the index of an observed item, in p's comparisons, by the item's slot.
func place(p Prop, slots []slot) {
	switch p := p.(type) {
	case *Not:
		place(p.P, slots)
	case *And:
		place(p.P, slots)
		place(p.Q, slots)
	case *Or:
		place(p.P, slots)
		place(p.Q, slots)
	case *Implies:
		place(p.P, slots)
		place(p.Q, slots)
	case *Equals:
		p.at = slots[p.at.index]
		for i := range p.want {
			p.want[i] = cast(p.want[i], p.at.typ)
		}
	case *Same:
		p.slotA, p.slotB = slots[p.slotA.index], slots[p.slotB.index]
	}
}

// compareObserved orders registers by thread, then memory; each by name, with numbers within names as numbers.
func compareObserved(a, b *Observed) int {
	if (a.Thread < 0) != (b.Thread < 0) {
		return cmp.Compare(b.Thread, a.Thread)
	}
	return cmp.Or(cmp.Compare(a.Thread, b.Thread), compareNames(strings.Trim(a.Name, "[]"), strings.Trim(b.Name, "[]")))
}

func compareNames(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			na, nb := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(na), len(nb)), cmp.Compare(na, nb)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if c := cmp.Compare(a[0], b[0]); c != 0 {
			return c
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// observed finds or makes the observed item of a place and returns its index in Test.Observed. It
// gives a register its canonical name.
func (r *resolver) observed(named *Place, hidden bool) (int, error) {
	p := *named
	o := Observed{Thread: p.Thread, Hidden: hidden}
	if p.Thread >= 0 {
		name, err := r.register(p)
		if err != nil {
			return 0, err
		}
		b := r.builders[p.Thread]
		if r.dialect == nil && !b.Known(name) {
			return 0, source.Errorf(p.Pos, "P%d has no variable %s", p.Thread, name)
		}
		p.Name, named.Name = name, name
		o.Name, o.Reg = p.String(), b.Reg(name)
		o.Type, _ = b.Register(o.Reg)
	} else if err := r.observedMemory(p, &o); err != nil {
		return 0, err
	}
	p.Pos = source.Pos{}
	at, ok := r.places[p]
	if !ok {
		at = len(r.test.Observed)
		r.places[p] = at
		r.test.Observed = append(r.test.Observed, o)
	}
	r.test.Observed[at].Hidden = r.test.Observed[at].Hidden && hidden
	return at, nil
}

func (r *resolver) observedMemory(p Place, o *Observed) error {
	if p.IsSymbolic() {
		return source.Errorf(p.Pos, "%s is a register of several threads: expected its thread too, as in 0:%s", p.Name, p.Name)
	}
	sym, ok := r.prog.Lookup(ir.Location, p.Name)
	if !ok {
		return source.Errorf(p.Pos, "the test has no location %s", p.Name)
	}
	g := r.globals[sym]
	o.Name, o.Type = p.String(), g.typ
	switch {
	case p.Index != NoIndex && g.array == 0:
		return source.Errorf(p.Pos, "%s is not declared as an array", p.Name)
	case p.Index != NoIndex && p.Index >= g.array:
		return source.Errorf(p.Pos, "%s has no element %d: it has %d", p.Name, p.Index, g.array)
	case p.Index != NoIndex:
		o.Cells = []int{g.cell + p.Index}
	case g.array > 0:
		o.Name, o.Array = p.Name, true
		for i := range g.array {
			o.Cells = append(o.Cells, g.cell+i)
		}
	default:
		o.Cells = []int{g.cell}
	}
	return nil
}

// prop resolves the comparisons of p. Their slots are, for now, indices in Test.Observed.
func (r *resolver) prop(p Prop, hidden bool) (Prop, error) {
	operands := func(list ...*Prop) (err error) {
		for _, q := range list {
			if *q, err = r.prop(*q, hidden); err != nil {
				return err
			}
		}
		return nil
	}
	switch p := p.(type) {
	case *Not:
		return p, operands(&p.P)
	case *And:
		return p, operands(&p.P, &p.Q)
	case *Or:
		return p, operands(&p.P, &p.Q)
	case *Implies:
		return p, operands(&p.P, &p.Q)
	case *Equals:
		return p, r.equals(p, hidden)
	case *Same:
		return r.same(p, hidden)
	}
	return p, nil
}

func (r *resolver) equals(p *Equals, hidden bool) error {
	for _, c := range p.Values {
		if c.Kind == Address {
			if _, ok := r.prog.Lookup(ir.Location, c.Name); !ok {
				return source.Errorf(c.Pos, "the test has no location %s", c.Name)
			}
		}
	}
	at, err := r.observed(&p.Place, hidden)
	if err != nil {
		return err
	}
	p.at.index = at
	o := &r.test.Observed[at]
	name := p.Place.Name
	switch {
	case o.Array && !p.Braces:
		return source.Errorf(p.Place.Pos, "%s is an array: expected %s={…}, or an element such as %s[0]", name, name, name)
	case !o.Array && p.Braces:
		return source.Errorf(p.Place.Pos, "%s is not declared as an array", name)
	case len(p.Values) != max(1, len(o.Cells)):
		return source.Errorf(p.Place.Pos, "%s has %d elements, not %d", name, len(o.Cells), len(p.Values))
	}
	p.want, err = r.values(p.Values)
	return err
}

// same resolves PLACE=PLACE, which may turn out to be a comparison with a label: 0:X0=P1:L0.
func (r *resolver) same(p *Same, hidden bool) (Prop, error) {
	if p.B.Thread >= 0 && p.B.Thread < len(r.builders) && r.dialect != nil {
		_, isRegister := r.dialect.Register(p.B.Name)
		if !isRegister && r.builders[p.B.Thread].HasLabel(p.B.Name) {
			e := &Equals{Place: p.A, Values: []Constant{{
				Pos: p.B.Pos, Kind: LabelAddress, Thread: p.B.Thread, Name: p.B.Name, Index: NoIndex,
			}}}
			return e, r.equals(e, hidden)
		}
	}
	for _, side := range []struct {
		place *Place
		slot  *slot
	}{{&p.A, &p.slotA}, {&p.B, &p.slotB}} {
		at, err := r.observed(side.place, hidden)
		if err != nil {
			return nil, err
		}
		if r.test.Observed[at].Array {
			return nil, source.Errorf(side.place.Pos, "%s is an array: expected an element such as %s[0]", side.place.Name, side.place.Name)
		}
		side.slot.index = at
	}
	return p, nil
}

// Slots is the length of a flat state.
func (t *Test) Slots() int { return t.slots }

// Normalize casts a flat state's values, in place, to the types of what holds them, and clears those that
// a state does not show, so that states that print alike are equal. Filter wants them before that.
func (t *Test) Normalize(values []ir.Value) {
	for i := range t.Observed {
		o := &t.Observed[i]
		for k := o.Slot; k < o.Slot+max(1, len(o.Cells)); k++ {
			if o.Hidden {
				values[k] = ir.Value{}
			} else {
				values[k] = cast(values[k], o.Type)
			}
		}
	}
}

// FormatState prints a flat state in one line, as herd7 does: 0:X0=1; [x]=2; a={1,2};
func (t *Test) FormatState(values []ir.Value) string {
	var items []string
	for i := range t.Observed {
		o := &t.Observed[i]
		if o.Hidden {
			continue
		}
		if !o.Array {
			items = append(items, o.Name+"="+t.FormatValue(values[o.Slot], o.Type)+";")
			continue
		}
		elements := make([]string, len(o.Cells))
		for k := range elements {
			elements[k] = t.FormatValue(values[o.Slot+k], o.Type)
		}
		items = append(items, o.Name+"={"+strings.Join(elements, ",")+"};")
	}
	return strings.Join(items, " ")
}

// FormatValue prints a value of a type, as states do: addresses by name, integers as the type holds them.
func (t *Test) FormatValue(v ir.Value, typ ir.Type) string {
	v = cast(v, typ)
	if v.Sym == 0 {
		if typ.Unsigned {
			return fmt.Sprint(uint64(v.Int))
		}
		return fmt.Sprint(v.Int)
	}
	s := &t.Program.Symbols[v.Sym-1]
	name := s.Name
	switch s.Kind {
	case ir.Label:
		name = `label:"` + name + `"`
	case ir.Instruction:
		name = `instr:"` + name + `"`
	}
	if v.Int != 0 {
		name += fmt.Sprintf("%+d", v.Int)
	}
	return name
}
