package random

import (
	"slices"

	"pgregory.net/rapid"
)

// Size bounds a program. Every bound is inclusive and at least 1.
type Size struct {
	Threads   int // at least two are made if the bound allows
	Ops       int // by thread
	Total     int // operations of all threads
	Locations int // at most 3
}

// dialect is what a dialect has to offer, and how it is written.
type dialect struct {
	orders  map[Kind][]Order // by kind that the dialect has: its orders
	fences  []string         // barriers other than C's
	full    string           // the barrier that orders everything
	depends []Dependency
	write   func(*Program) string
}

var dialects = map[string]*dialect{
	"X86_64": &x86, "X86": &x86, "AArch64": &aarch64, "RISCV": &riscv, "C": &c11,
}

// Dialects lists the dialects that programs are made in.
var Dialects = []string{"X86_64", "X86", "AArch64", "RISCV", "C"}

// Programs generates programs of a dialect within a size.
func Programs(name string, size Size) *rapid.Generator[*Program] {
	d := dialects[name]
	return rapid.Custom(func(t *rapid.T) *Program {
		p := &Program{Dialect: name}
		p.Locations = rapid.IntRange(1, size.Locations).Draw(t, "locations")
		if name == "C" {
			p.Plain = make([]bool, p.Locations)
			for i := range p.Plain {
				p.Plain[i] = rapid.IntRange(0, 7).Draw(t, "plain") == 7
			}
		}
		left, stored, cells := size.Total, 0, 0
		threads := rapid.IntRange(min(2, size.Threads), size.Threads).Draw(t, "threads")
		for k := range threads {
			most := max(1, min(size.Ops, left-(threads-k-1)))
			n := rapid.IntRange(1, most).Draw(t, "operations")
			left -= n
			var ops []Op
			for id := range n {
				op := d.operation(t, p, ops, id)
				if op.Kind == CompareExchange && name == "C" && cells == 2 {
					op.Kind, op.Fail = Exchange, Plain // each has a location of its own, and the values there multiply
				}
				switch op.Kind {
				case Store, Exchange, CompareExchange, StoreConditional:
					// Mostly each write writes its own value, so that states tell writes apart.
					stored++
					op.Value = stored
					if rapid.IntRange(0, 4).Draw(t, "repeated value") == 4 {
						op.Value = 1
					}
				case Add:
					op.Value = 10
				}
				if op.Kind == CompareExchange {
					op.Expect = rapid.IntRange(0, 2).Draw(t, "expect")
					op.Cell = cells
					cells++
				}
				ops = append(ops, op)
			}
			p.Threads = append(p.Threads, ops)
		}
		return p
	})
}

var kinds = []Kind{
	Load, Store, Load, Store, Load, Store, Fence, Exchange, Add, CompareExchange, LoadReserve, StoreConditional,
}

func (d *dialect) operation(t *rapid.T, p *Program, before []Op, id int) Op {
	op := Op{ID: id, Loc: rapid.IntRange(0, p.Locations-1).Draw(t, "location")}
	plain := p.Plain != nil && p.Plain[op.Loc]
	has := slices.DeleteFunc(slices.Clone(kinds), func(k Kind) bool {
		return len(d.orders[k]) == 0 || plain && k > Fence
	})
	op.Kind = rapid.SampledFrom(has).Draw(t, "kind")
	if n := len(before); n > 0 && before[n-1].Kind == LoadReserve && rapid.IntRange(0, 3).Draw(t, "paired") > 0 {
		op.Kind, op.Loc = StoreConditional, before[n-1].Loc
	}
	op.Order = rapid.SampledFrom(d.orders[op.Kind]).Draw(t, "order")
	if plain && op.Kind != Fence {
		op.Order = Plain
	}
	if op.Kind == Fence && len(d.fences) > 0 {
		op.Fence = rapid.SampledFrom(d.fences).Draw(t, "fence")
	}
	if op.Kind == CompareExchange && p.Dialect == "C" {
		op.Fail = rapid.SampledFrom([]Order{Relaxed, failure(op.Order)}).Draw(t, "failure order")
	}
	var sources []int
	for i := range before {
		if before[i].HasResult() {
			sources = append(sources, before[i].ID)
		}
	}
	if len(sources) == 0 {
		return op
	}
	allowed := []Dependency{Independent, Independent}
	for _, via := range d.depends {
		if via.fits(op.Kind) {
			allowed = append(allowed, via)
		}
	}
	op.Via = rapid.SampledFrom(allowed).Draw(t, "dependency")
	if op.Via != Independent {
		op.From = rapid.SampledFrom(sources).Draw(t, "from")
	}
	if op.Via == Guard {
		op.When = rapid.IntRange(0, 2).Draw(t, "when")
	}
	return op
}

func (d Dependency) fits(k Kind) bool {
	switch d {
	case Value, Data, Choice:
		return k == Store || k == StoreConditional
	case Address:
		return k != Fence
	}
	return true
}

// failure is the strongest order of a failed compare-exchange of C whose order
// of success is o.
func failure(o Order) Order {
	switch o {
	case Acquire, AcqRel:
		return Acquire
	case SeqCst:
		return SeqCst
	}
	return Relaxed
}
