package lower

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
)

// unit is some instructions that stand together, their registers still to be chosen.
type unit struct {
	labels []string // that stand before it
	text   string   // instructions with ";" between them; {0} is the first argument
	args   []argument
	target string // the label that it may go to, "" for none
	ends   bool   // it goes nowhere else
	early  bool   // what it writes must not share a register with what it reads
	pure   bool   // it does nothing but write its registers
	copies bool   // args[1] to args[0], and nothing else
}

// argument is a register as an instruction has it.
type argument struct {
	reg           int32
	size          uint8 // of the part that it names, in bytes
	reads, writes bool
}

// in, out and both are arguments that are read, written, or both.
func in(r int32, size uint8) argument  { return argument{reg: r, size: size, reads: true} }
func out(r int32, size uint8) argument { return argument{reg: r, size: size, writes: true} }
func both(r int32, size uint8) argument {
	return argument{reg: r, size: size, reads: true, writes: true}
}

// emit appends a unit.
func (g *generator) emit(u unit) {
	u.labels = g.pending
	g.pending = nil
	g.units = append(g.units, u)
}

// pure appends instructions that only compute.
func (g *generator) pure(text string, args ...argument) {
	g.emit(unit{text: text, args: args, pure: true})
}

// set of registers.
type set map[int32]bool

// liveness computes, for each unit, the registers whose values are needed after it; live[len(units)] is what is needed at the
// end. It returns what is needed at the start too.
func (g *generator) liveness(atEnd set) (after []set, atStart set) {
	position := map[string]int{}
	for i := range g.units {
		for _, l := range g.units[i].labels {
			position[l] = i
		}
	}
	before := make([]set, len(g.units)+1)
	for i := range before {
		before[i] = set{}
	}
	before[len(g.units)] = atEnd
	after = make([]set, len(g.units))
	for i := range after {
		after[i] = set{}
	}
	for changed := true; changed; {
		changed = false
		for i := len(g.units) - 1; i >= 0; i-- {
			u := &g.units[i]
			if !u.ends {
				maps.Copy(after[i], before[i+1])
			}
			if u.target != "" {
				maps.Copy(after[i], before[position[u.target]])
			}
			size := len(before[i])
			for r := range after[i] {
				if !slices.ContainsFunc(u.args, func(a argument) bool { return a.reg == r && a.writes && !a.reads }) {
					before[i][r] = true
				}
			}
			for _, a := range u.args {
				if a.reads {
					before[i][a.reg] = true
				}
			}
			changed = changed || len(before[i]) != size
		}
	}
	return after, before[0]
}

// prune removes what computes values that nothing needs.
func (g *generator) prune(atEnd set) {
	for {
		after, _ := g.liveness(atEnd)
		removed := false
		var kept []unit
		var labels []string
		for i, u := range g.units {
			needed := !u.pure || slices.ContainsFunc(u.args, func(a argument) bool { return a.writes && after[i][a.reg] })
			if !needed {
				labels = append(labels, u.labels...)
				removed = true
				continue
			}
			u.labels, labels = append(labels, u.labels...), nil
			kept = append(kept, u)
		}
		g.units = kept
		if !removed {
			return
		}
	}
}

// finish chooses the registers and prints the thread.
func (g *generator) finish(thread int, observed map[int32]ir.Type, pos source.Pos) (*code, error) {
	g.emit(unit{}) // bears the labels at the end
	atEnd := set{}
	for r := range observed {
		atEnd[r] = true
	}
	g.prune(atEnd)
	after, atStart := g.liveness(atEnd)
	order := slices.Sorted(maps.Keys(g.address))
	var wanted []int32
	for _, symbol := range order {
		wanted = append(wanted, g.address[symbol])
	}
	conflicts, found := g.conflicts(after, atStart, atEnd)
	names, err := g.colour(append(wanted, found...), conflicts)
	if err != nil {
		return nil, source.Errorf(pos, "P%d: %v", thread, err)
	}
	out := &code{registers: map[string]string{}}
	items := map[string]*litmus.InitItem{}
	var named []string
	for _, r := range append(wanted, found...) {
		name := names[r]
		item := items[name]
		if item == nil {
			item = &litmus.InitItem{Place: litmus.Place{Thread: thread, Name: name, Index: litmus.NoIndex}}
			items[name] = item
			named = append(named, name)
		}
		if typ, ok := observed[r]; ok {
			if typ.Size >= 4 { // narrower ones are right as int
				item.Type = typeName(typ)
			}
			out.registers[g.thread.Regs[r].Name] = name
		}
		if atStart[r] {
			item.Values = []litmus.Constant{initial(g.prog, g.initial[r])}
		}
	}
	for _, name := range named {
		if item := items[name]; item.Type != "" || item.Values != nil {
			out.init = append(out.init, *item)
		}
	}
	for _, u := range g.units {
		if u.copies && names[u.args[0].reg] == names[u.args[1].reg] {
			u.text = ""
		}
		out.lines = append(out.lines, g.lines(u, names)...)
	}
	return out, nil
}

// conflicts are the pairs of registers that cannot be one, and all registers in the order in which they appear.
func (g *generator) conflicts(after []set, atStart, atEnd set) (conflicts map[int32]set, found []int32) {
	conflicts = map[int32]set{}
	seen := set{}
	for _, r := range g.address {
		seen[r] = true
	}
	note := func(r int32) {
		if !seen[r] {
			seen[r] = true
			found = append(found, r)
		}
	}
	conflict := func(a, b int32) {
		if a == b {
			return
		}
		for _, p := range [][2]int32{{a, b}, {b, a}} {
			if conflicts[p[0]] == nil {
				conflicts[p[0]] = set{}
			}
			conflicts[p[0]][p[1]] = true
		}
	}
	for _, together := range []set{atStart, atEnd} { // at the end equal ones too: a register has one name and type in states
		for a := range together {
			for b := range together {
				conflict(a, b)
			}
		}
	}
	for i, u := range g.units {
		for _, w := range u.args {
			note(w.reg)
			if !w.writes {
				continue
			}
			for r := range after[i] {
				if !(u.copies && r == u.args[1].reg) {
					conflict(w.reg, r)
				}
			}
			for _, a := range u.args {
				if u.early || a.writes {
					conflict(w.reg, a.reg)
				}
			}
		}
	}
	for _, r := range slices.Sorted(maps.Keys(atEnd)) {
		note(r)
	}
	return conflicts, found
}

// colour gives registers their names; those that are copies of each other share one where they can.
func (g *generator) colour(registers []int32, conflicts map[int32]set) (map[int32]string, error) {
	partners := map[int32][]int32{}
	for _, u := range g.units {
		if u.copies {
			a, b := u.args[0].reg, u.args[1].reg
			partners[a], partners[b] = append(partners[a], b), append(partners[b], a)
		}
	}
	names := map[int32]string{}
	for _, r := range registers {
		taken := map[string]bool{}
		for other := range conflicts[r] {
			taken[names[other]] = true
		}
		pool := g.machine.registers()
		for _, p := range partners[r] {
			if name, ok := names[p]; ok && !taken[name] {
				pool = []string{name}
			}
		}
		at := slices.IndexFunc(pool, func(name string) bool { return !taken[name] })
		if at < 0 {
			return nil, fmt.Errorf("more values at a time than the %d registers of %s that can be used", len(pool), g.table.Target)
		}
		names[r] = pool[at]
	}
	return names, nil
}

// lines prints a unit.
func (g *generator) lines(u unit, names map[int32]string) []litmus.Line {
	var replace []string
	for i, a := range u.args {
		replace = append(replace, fmt.Sprintf("{%d}", i), g.view(names[a.reg], a.size))
	}
	var lines []litmus.Line
	labels := slices.Clone(u.labels)
	for _, text := range mapping.Instructions(strings.NewReplacer(replace...).Replace(u.text)) {
		if label, rest, ok := strings.Cut(text, ":"); ok {
			labels = append(labels, label)
			if text = strings.TrimSpace(rest); text == "" {
				continue
			}
		}
		lines = append(lines, litmus.Line{Labels: labels, Node: instruction(text)})
		labels = nil
	}
	if len(labels) > 0 {
		lines = append(lines, litmus.Line{Labels: labels})
	}
	return lines
}

// instruction is the text of one, as an [ir.Node] that is only printed.
type instruction string

func (i instruction) String() string { return string(i) }

// Lower is never called: the text is parsed first.
func (i instruction) Lower(*ir.Builder, source.Pos) error { return nil }
