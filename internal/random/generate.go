package random

import (
	"slices"

	"pgregory.net/rapid"
)

// Size bounds a program. Every bound is inclusive and at least 1.
type Size struct {
	Threads   int  // at least two are made if the bound allows
	Ops       int  // by thread
	Total     int  // operations of all threads
	Locations int  // at most 3
	Mixed     bool // C: a location may have plain accesses beside atomic ones, and compare-exchanges may be weak
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
		m := d.maker(t, name, rapid.IntRange(1, size.Locations).Draw(t, "locations"))
		m.mixed = size.Mixed
		left := size.Total
		threads := rapid.IntRange(min(2, size.Threads), size.Threads).Draw(t, "threads")
		for k := range threads {
			most := max(1, min(size.Ops, left-(threads-k-1)))
			n := rapid.IntRange(1, most).Draw(t, "operations")
			left -= n
			m.thread()
			for range n {
				loc := rapid.IntRange(0, m.Locations-1).Draw(t, "location")
				kind := rapid.SampledFrom(m.kinds(loc)).Draw(t, "kind")
				if last := m.last(); last != nil && last.Kind == LoadReserve && rapid.IntRange(0, 3).Draw(t, "paired") > 0 {
					kind, loc = StoreConditional, last.Loc
				}
				m.operation(kind, loc)
			}
		}
		return &m.Program
	})
}

// maker is a program being made, thread after thread.
type maker struct {
	Program
	*dialect
	t             *rapid.T
	stored, cells int  // constants and locations handed out
	strong        bool // most annotations are the strongest that there are
	settled       bool // operations have neither annotations nor dependencies
	mixed         bool // a load or store may be plain
}

func (d *dialect) maker(t *rapid.T, name string, locations int) *maker {
	m := &maker{Program: Program{Dialect: name, Locations: locations}, dialect: d, t: t}
	if name == "C" {
		m.Plain = make([]bool, locations)
		for i := range m.Plain {
			m.Plain[i] = rapid.IntRange(0, 7).Draw(t, "plain") == 7
		}
	}
	return m
}

// thread begins the next thread.
func (m *maker) thread() { m.Threads = append(m.Threads, nil) }

func (m *maker) ops() []Op { return m.Threads[len(m.Threads)-1] }

func (m *maker) last() *Op {
	if ops := m.ops(); len(ops) > 0 {
		return &ops[len(ops)-1]
	}
	return nil
}

var kinds = []Kind{
	Load, Store, Load, Store, Load, Store, Fence, Exchange, Add, CompareExchange, LoadReserve, StoreConditional,
}

// kinds are what may be done at a location; what is listed often is done often.
func (m *maker) kinds(loc int) []Kind {
	plain := m.Plain != nil && m.Plain[loc]
	return slices.DeleteFunc(slices.Clone(kinds), func(k Kind) bool {
		// Each compare-exchange of C has a location of its own, and the values there multiply.
		return len(m.orders[k]) == 0 || plain && k > Fence || k == CompareExchange && m.Plain != nil && m.cells == 2
	})
}

// operation adds an operation with an annotation and a dependency.
func (m *maker) operation(kind Kind, loc int) {
	t := m.t
	op := Op{Kind: kind, Loc: loc}
	for _, o := range m.ops() {
		if o.Kind != Fence {
			op.ID++
		}
	}
	orders := m.orders[kind]
	if m.settled {
		orders = orders[:1]
	} else if m.strong && rapid.IntRange(0, 3).Draw(t, "any order") > 0 {
		orders = orders[len(orders)-1:]
	}
	op.Order = rapid.SampledFrom(orders).Draw(t, "order")
	switch kind {
	case Fence:
		op.ID = 0
		if len(m.fences) > 0 {
			op.Fence = rapid.SampledFrom(m.fences).Draw(t, "fence")
		}
	case Store, Exchange, CompareExchange, StoreConditional:
		// Mostly each write writes its own value, so that states tell writes apart.
		m.stored++
		op.Value = m.stored
		if rapid.IntRange(0, 4).Draw(t, "repeated value") == 4 {
			op.Value = 1
		}
	case Add:
		op.Value = 10
	}
	plain := m.Plain != nil && m.Plain[loc] && kind != Fence
	if m.mixed && (kind == Load || kind == Store) {
		plain = plain || rapid.IntRange(0, 5).Draw(t, "plain") == 5
	}
	if plain {
		op.Order = Plain
	}
	if kind == CompareExchange {
		op.Expect = rapid.IntRange(0, 2).Draw(t, "expect")
		if m.Dialect == "C" {
			op.Fail = rapid.SampledFrom([]Order{Relaxed, failure(op.Order)}).Draw(t, "failure order")
			op.Weak = m.mixed && rapid.IntRange(0, 3).Draw(t, "weak") == 3
			op.Cell = m.cells
			m.cells++
		}
	}
	m.depend(&op)
	m.Threads[len(m.Threads)-1] = append(m.ops(), op)
}

// depend lets an operation depend on one before it, or not.
func (m *maker) depend(op *Op) {
	var sources []int
	for _, o := range m.ops() {
		if o.HasResult() {
			sources = append(sources, o.ID)
		}
	}
	if len(sources) == 0 || m.settled {
		return
	}
	allowed := []Dependency{Independent, Independent}
	for _, via := range m.depends {
		if via.fits(op.Kind) {
			allowed = append(allowed, via)
		}
	}
	op.Via = rapid.SampledFrom(allowed).Draw(m.t, "dependency")
	if op.Via != Independent {
		slices.Reverse(sources) // what comes first is drawn more often: the nearest
		op.From = rapid.SampledFrom(sources).Draw(m.t, "from")
	}
	if op.Via == Guard {
		op.When = rapid.IntRange(0, 2).Draw(m.t, "when")
	}
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
