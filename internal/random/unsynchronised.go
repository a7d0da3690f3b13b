package random

import "pgregory.net/rapid"

// Unsynchronised generates programs of a processor's dialect of a shape that perpetual runs need: one thread alone stores to each
// location, and what it stores are constants; there is no read-modify-write. They have so many operations in all. What a thread
// loads has the ID that says how many loads are before it.
func Unsynchronised(name string, threads, total int) *rapid.Generator[*Program] {
	d := dialects[name]
	return rapid.Custom(func(t *rapid.T) *Program {
		p := &Program{Dialect: name, Locations: rapid.IntRange(1, 3).Draw(t, "locations")}
		writer := make([]int, p.Locations)
		for i := range writer {
			writer[i] = rapid.IntRange(0, threads-1).Draw(t, "writer")
		}
		for thread := range threads {
			var ops []Op
			loads := 0
			for range rapid.IntRange(1, max(1, total/threads)).Draw(t, "operations") {
				loc := rapid.IntRange(0, p.Locations-1).Draw(t, "location")
				op := Op{Kind: Load, Loc: loc, ID: loads}
				if loads == 2 || rapid.Bool().Draw(t, "store") {
					op = Op{Kind: Store, Loc: loc, Value: rapid.IntRange(1, 3).Draw(t, "value")}
					if writer[loc] != thread {
						op = Op{Kind: Fence, Fence: rapid.SampledFrom(d.fences).Draw(t, "fence")}
					}
				}
				if op.Kind != Fence {
					op.Order = rapid.SampledFrom(d.unlocked(op.Kind)).Draw(t, "order")
					via := []Dependency{Independent, Control}
					if d == &aarch64 {
						via = append(via, Address)
					}
					if loads > 0 {
						op.Via, op.From = rapid.SampledFrom(via).Draw(t, "dependency"), loads-1
					}
				}
				if op.Kind == Load {
					loads++
				}
				ops = append(ops, op)
			}
			p.Threads = append(p.Threads, ops)
		}
		return p
	})
}

// unlocked are the orders of a kind that do not make it a read-modify-write.
func (d *dialect) unlocked(k Kind) []Order {
	if d == &x86 {
		return d.orders[k][:1]
	}
	return d.orders[k]
}
