// Package random makes small random litmus tests for property tests.
//
// [Programs] is a rapid generator of [Program] values: a litmus test as a
// structure that can still be transformed — an annotation strengthened, a fence
// put in, threads permuted — before [Program.Text] writes it in the litmus
// format of its dialect. Every register that an operation sets and every
// location is listed in the test's locations, so that two programs can be
// compared by their final states.
//
// [Listings] generates tests as text alone, of any instructions that a processor has.
package random

import "slices"

// Kind is what an operation does.
type Kind uint8

const (
	Load             Kind = iota // result = [loc]
	Store                        // [loc] = value
	Fence                        // a barrier; no result
	Exchange                     // atomically result = [loc], [loc] = value
	Add                          // atomically result = [loc], [loc] = result + value
	CompareExchange              // atomically, if [loc] is Expect then [loc] = value; the result is the dialect's
	LoadReserve                  // load-exclusive, load-reserved
	StoreConditional             // store-exclusive, store-conditional: result = its status
)

// Order is an access's, or a C fence's, ordering annotation.
type Order uint8

const (
	Plain Order = iota
	Relaxed
	AcquirePC // AArch64's LDAPR
	Acquire
	Release
	AcqRel
	SeqCst // for x86: a locked instruction
)

// weaker lists for each order those just below it.
var weaker = [...][]Order{
	Plain:     nil,
	Relaxed:   {Plain},
	AcquirePC: {Relaxed},
	Acquire:   {AcquirePC},
	Release:   {Relaxed},
	AcqRel:    {Acquire, Release},
	SeqCst:    {AcqRel},
}

// Below reports whether o is strictly weaker than p.
func (o Order) Below(p Order) bool {
	return slices.ContainsFunc(weaker[p], func(w Order) bool { return o == w || o.Below(w) })
}

// Dependency is how an operation depends on the result of an earlier one.
type Dependency uint8

const (
	Independent Dependency = iota
	Value                  // it stores that result
	Data                   // it stores a constant computed from it
	Address                // its address is computed from it
	Control                // a branch on it, to the operation either way, stands before
	Guard                  // it is executed only if that result is When
	Choice                 // it stores a constant that a conditional select on it yields
)

// Op is one operation of a thread.
type Op struct {
	ID     int // of the operation in its thread: its result is register ID
	Kind   Kind
	Loc    int // the location's number
	Value  int // what it stores or adds
	Expect int // what a CompareExchange compares with
	Cell   int // C: the number of the location that holds Expect, over the whole program
	Order  Order
	Fail   Order  // C: the order of a CompareExchange that fails
	Weak   bool   // C: a CompareExchange may fail though it finds what it expects
	Fence  string // the barrier as its dialect writes it; C fences have an Order instead

	Via  Dependency
	From int // Via != Independent: the ID of the operation depended on
	When int // Via == Guard: the result that lets it run
}

// HasResult reports whether the operation sets a register.
func (op *Op) HasResult() bool { return op.Kind != Store && op.Kind != Fence }

// Program is a litmus test.
type Program struct {
	Dialect   string
	Locations int
	Plain     []bool // C, by location: its accesses are plain ones
	Threads   [][]Op
}

func (p *Program) clone() *Program {
	q := *p
	q.Threads = make([][]Op, len(p.Threads))
	for i, t := range p.Threads {
		q.Threads[i] = slices.Clone(t)
	}
	return &q
}

// Name is a location's name.
func (p *Program) Name(loc int) string { return string("xyzabc"[loc]) }

// Has reports whether some operation satisfies f.
func (p *Program) Has(f func(Op) bool) bool {
	return slices.ContainsFunc(p.Threads, func(t []Op) bool { return slices.ContainsFunc(t, f) })
}

// Text is the program as a litmus test.
func (p *Program) Text() string { return dialects[p.Dialect].write(p) }

// String is Text.
func (p *Program) String() string { return p.Text() }

// GoString is Text: what rapid prints of a failing case.
func (p *Program) GoString() string { return p.Text() }
