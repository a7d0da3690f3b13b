// Package lower compiles C litmus tests to litmus tests of a processor.
//
// In goes a C test and a [mapping.Table]; out comes a test of the dialect X86_64, AArch64 or RISCV that asks the same question
// about the instructions that the table has for each operation. The compiler is a naive one, on purpose: it works from
// the micro-operations of the test's IR, statement by statement, so that every access is made, in the order of the text,
// and every data, address and control dependency of the source is one of the result, through registers and by compare and
// branch. All it does about registers is what is needed to fit into those of the processor: values that are not live at
// the same time share one (Chaitin, "Register allocation & spilling via graph coloring", 1982, without spilling).
//
// Every location is addressed through a register that holds its address at the start. Registers hold integers extended to 32 bits,
// and to 64 only where something looks at the upper half.
package lower

import (
	"cmp"
	"fmt"

	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/c"
	"github.com/weakmem/litmus/litmus/ir"
)

// Lowered is a test of a processor that was made from a C test.
type Lowered struct {
	*litmus.Test
	Text string // in the format that litmus.Parse reads, and herd7

	source   *litmus.Test
	observed []int // the indices, in Test.Observed, of what the source observes, in its order
}

// State returns a flat state of the lowered test as one of its source.
func (l *Lowered) State(values []ir.Value) []ir.Value {
	state := make([]ir.Value, l.source.Slots())
	for i := range l.source.Observed {
		o := &l.source.Observed[i]
		from := l.Test.Observed[l.observed[i]].Slot
		for k := range max(1, len(o.Cells)) {
			v := values[from+k]
			if v.Sym != 0 {
				symbol := l.Program.Symbols[v.Sym-1]
				v.Sym, _ = l.source.Program.Lookup(symbol.Kind, symbol.Name)
			}
			state[o.Slot+k] = v
		}
	}
	l.source.Normalize(state)
	return state
}

// machines are the targets by name.
var machines = map[string]machine{"amd64": amd64{}, "arm64": arm64{}, "riscv": riscv{}}

// Dialect is the dialect of the tests that are made for a target of package mapping.
func Dialect(target string) string { return machines[target].dialect() }

// Lower compiles a C test. Errors are of type *source.Error: they name the place of a construct that the target, or the
// table, has nothing for.
func Lower(t *litmus.Test, table *mapping.Table) (*Lowered, error) {
	m, ok := machines[table.Target]
	if !ok {
		return nil, fmt.Errorf("unknown target %q", table.Target)
	}
	if len(t.Threads) == 0 || t.Threads[0].Function == nil {
		return nil, fmt.Errorf("%s is a test of %s: expected one of C", t.Name, t.Dialect)
	}
	out := &litmus.Test{Dialect: m.dialect(), Name: t.Name, Doc: []string{document(t, table)}}
	out.Init = append(out.Init, memory(t)...)
	registers := make([]map[string]string, len(t.Program.Threads))
	for i := range t.Program.Threads {
		observed := map[int32]ir.Type{}
		for _, o := range t.Observed {
			if o.Thread == i {
				observed[o.Reg] = o.Type
			}
		}
		pos := t.Threads[i].Function.(*c.Function).Pos
		code, err := compile(m, table, t.Program, i, observed, pos)
		if err != nil {
			return nil, err
		}
		out.Init = append(out.Init, code.init...)
		out.Threads = append(out.Threads, litmus.Thread{Name: t.Threads[i].Name, Lines: code.lines})
		registers[i] = code.registers
	}
	r := renamer(registers)
	for _, item := range t.Locations {
		item.Place = r.place(item.Place)
		out.Locations = append(out.Locations, item)
	}
	if t.Filter != nil {
		out.Filter = r.prop(t.Filter)
	}
	out.Condition = litmus.Condition{Quantifier: t.Condition.Quantifier, Prop: r.prop(t.Condition.Prop)}

	text := litmus.Format(out)
	parsed, err := litmus.Parse(t.Name+" for "+table.String(), []byte(text))
	if err != nil {
		return nil, fmt.Errorf("the lowered test does not parse: %w\n%s", err, text)
	}
	lowered := &Lowered{Test: parsed, Text: text, source: t}
	for _, o := range t.Observed {
		name := o.Name
		if o.Thread >= 0 {
			name = fmt.Sprintf("%d:%s", o.Thread, registers[o.Thread][t.Program.Threads[o.Thread].Regs[o.Reg].Name])
		}
		for i := range parsed.Observed {
			if parsed.Observed[i].Name == name {
				lowered.observed = append(lowered.observed, i)
			}
		}
	}
	return lowered, nil
}

// document is the doc string of the lowered test: where it comes from. herd7 reads one such string only.
func document(t *litmus.Test, table *mapping.Table) string {
	origin := fmt.Sprintf("From C, by the mapping %s", table)
	if len(t.Doc) > 0 {
		return t.Doc[0] + ". " + origin
	}
	return origin
}

// memory is the initial state of the locations, with the types that they have in C.
func memory(t *litmus.Test) []litmus.InitItem {
	arrays := map[string]bool{}
	for _, item := range t.Init {
		arrays[item.Place.Name] = arrays[item.Place.Name] || item.Array > 0
	}
	var items []litmus.InitItem
	p := t.Program
	for i := 0; i < len(p.Cells); {
		first := &p.Cells[i]
		name := p.Symbols[first.Symbol-1].Name
		item := litmus.InitItem{Place: litmus.Place{Thread: -1, Name: name, Index: litmus.NoIndex}, Type: typeName(first.Type)}
		for ; i < len(p.Cells) && p.Cells[i].Symbol == first.Symbol; i++ {
			item.Values = append(item.Values, initial(p, p.Cells[i].Init))
		}
		if arrays[name] {
			item.Array = len(item.Values)
			item.Type = cmp.Or(item.Type, "int")
		}
		items = append(items, item)
	}
	return items
}

// typeName is how a declaration names a type: "" for int, which is the default.
func typeName(t ir.Type) string {
	switch {
	case t.Size == 4 && !t.Unsigned:
		return ""
	case t.Unsigned:
		return fmt.Sprintf("uint%d_t", 8*int(t.Size))
	}
	return fmt.Sprintf("int%d_t", 8*int(t.Size))
}

// initial is a value as the initial state writes it.
func initial(p *ir.Program, v ir.Value) litmus.Constant {
	c := litmus.Constant{Kind: litmus.Number, Int: v.Int, Index: litmus.NoIndex}
	if v.Sym == 0 {
		return c
	}
	c.Kind, c.Int, c.Name = litmus.Address, 0, p.Symbols[v.Sym-1].Name
	for _, cell := range p.Cells {
		if cell.Symbol == v.Sym && cell.Offset == v.Int && v.Int != 0 {
			c.Index = int(v.Int / int64(cell.Type.Size))
		}
	}
	return c
}

// renamer gives the locals that a condition speaks of the names of their registers, by thread.
type renamer []map[string]string

func (r renamer) place(p litmus.Place) litmus.Place {
	if p.Thread >= 0 {
		p.Name = r[p.Thread][p.Name]
	}
	return p
}

func (r renamer) prop(p litmus.Prop) litmus.Prop {
	switch p := p.(type) {
	case *litmus.Not:
		return &litmus.Not{P: r.prop(p.P)}
	case *litmus.And:
		return &litmus.And{P: r.prop(p.P), Q: r.prop(p.Q)}
	case *litmus.Or:
		return &litmus.Or{P: r.prop(p.P), Q: r.prop(p.Q)}
	case *litmus.Implies:
		return &litmus.Implies{P: r.prop(p.P), Q: r.prop(p.Q)}
	case *litmus.Equals:
		return &litmus.Equals{Place: r.place(p.Place), Braces: p.Braces, Values: p.Values}
	case *litmus.Same:
		return &litmus.Same{A: r.place(p.A), B: r.place(p.B)}
	}
	return p
}

// unsupported is the error for a construct of the statement at pos.
func unsupported(in *ir.Instr, format string, args ...any) error {
	return source.Errorf(in.Pos, "%s: %s", in.Text, fmt.Sprintf(format, args...))
}
