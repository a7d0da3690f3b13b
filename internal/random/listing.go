package random

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// Listing is a litmus test as text.
type Listing string

// GoString is the text: what rapid prints of a failing case.
func (l Listing) GoString() string { return string(l) }

// Registers is the test with nothing observed but registers: no location, and no condition.
func (l Listing) Registers() Listing {
	text, footer, _ := strings.Cut(string(l), "locations [")
	items, _, _ := strings.Cut(footer, "]")
	var registers []string
	for _, item := range strings.SplitAfter(items, ";") {
		if strings.Contains(item, ":") {
			registers = append(registers, strings.TrimSpace(item))
		}
	}
	return Listing(text + "locations [" + strings.Join(registers, " ") + "]\n")
}

// Listings generates tests of a processor's dialect out of its instructions: arithmetic and flags, accesses of all sizes, atomic ones
// too, arrays whose index is computed, addresses that are loaded, stored and used, jumps over instructions, and loops. All
// registers and locations are observed.
//
// Size.Ops bounds the instructions of a thread, where a group counts as one, and Size.Total the accesses of all threads, those of a
// loop counted twice. With Size.Mixed an access may be of a part of a location. Size.Locations is not looked at.
func Listings(name string, size Size) *rapid.Generator[Listing] {
	return rapid.Custom(func(t *rapid.T) Listing {
		l := &listing{T: t, processor: processors[name], mixed: size.Mixed}
		l.table.p = &Program{Dialect: name}
		l.declare()
		left := size.Total
		threads := rapid.IntRange(min(2, size.Threads), size.Threads).Draw(t, "threads")
		for thread := range threads {
			l.column = &column{table: &l.table}
			l.begin(thread)
			l.left = left / (threads - thread)
			left -= l.left
			for range rapid.IntRange(1, size.Ops).Draw(t, "instructions") {
				l.instruction()
			}
			left += l.left
			l.columns = append(l.columns, l.rows)
		}
		return Listing(l.text())
	})
}

// processor is a dialect as listings need it.
type processor struct {
	sizes     []int    // of accesses, in bytes; the last is that of an address
	data      []string // registers to compute with
	addresses []string // registers that hold the address of x or y
	named     func(register string) string
	fixed     func(l *listing, thread int)     // sets up other registers
	compute   func(l *listing)                 // an instruction on registers, or a fence
	access    func(l *listing, at place)       // an instruction on memory
	pointer   func(l *listing, address string) // one that moves an address between the location p and a register
	index     func(l *listing, elements int)   // the index of an element in the register for it
	jump      func(l *listing, label string)   // on a condition
	count     func(l *listing)                 // sets the counter of a loop that goes round twice
	loop      func(l *listing, label string)   // ends it
}

var processors = map[string]*processor{"X86": listed(false), "X86_64": listed(true), "AArch64": &listedA64}

// variable is a location.
type variable struct {
	name     string
	size     int
	elements int // 0: it is no array
}

// place is what an access is of.
type place struct {
	size     int    // bytes
	variable string // where it is; "" if register holds the address
	register string
	offset   int
	index    bool // times size, from the register for it
}

// listing is a test being made.
type listing struct {
	*rapid.T
	*processor
	*column
	table     table
	variables []variable
	left      int // accesses that the thread may have
	mixed     bool
	nested    bool // in a loop, or jumped over
	looping   bool
}

// one draws one of a few things.
func (l *listing) one(of ...string) string { return rapid.SampledFrom(of).Draw(l.T, "choice") }

func (l *listing) upTo(n int) int { return rapid.IntRange(0, n).Draw(l.T, "number") }

// register draws a register to compute with.
func (l *listing) register() string { return rapid.SampledFrom(l.data).Draw(l.T, "register") }

func (l *listing) width() int { return rapid.SampledFrom(l.sizes).Draw(l.T, "width") }

// constant draws a constant of so many bytes; small ones are likely.
func (l *listing) constant(size int) int64 {
	if l.upTo(3) > 0 {
		return rapid.Int64Range(-2, 5).Draw(l.T, "constant")
	}
	return rapid.Int64().Draw(l.T, "constant") >> (64 - 8*size)
}

// declare declares the locations: x and y of one type, an array a, and p, which holds the address of x or y.
func (l *listing) declare() {
	add := func(name string, size, elements int) {
		l.variables = append(l.variables, variable{name, size, elements})
		l.table.observed = append(l.table.observed, name+";")
		typ := fmt.Sprintf("%sint%d_t", l.one("", "u"), 8*size)
		if elements == 0 {
			l.table.init = append(l.table.init, fmt.Sprintf("%s %s = %d;", typ, name, l.constant(size)))
			return
		}
		var values []string
		for range elements {
			values = append(values, fmt.Sprint(l.constant(size)))
		}
		l.table.init = append(l.table.init, fmt.Sprintf("%s %s[%d] = {%s};", typ, name, elements, strings.Join(values, ",")))
	}
	size := l.width()
	add("x", size, 0)
	add("y", size, 0)
	add("a", l.width(), 1<<(1+l.upTo(1)))
	if !l.mixed {
		l.table.observed = append(l.table.observed, "p;")
		l.table.init = append(l.table.init, "p = "+l.one("x", "y")+";")
	}
}

// begin gives a thread's registers their initial values.
func (l *listing) begin(thread int) {
	set := func(register, value string) {
		name := fmt.Sprintf("%d:%s", thread, l.named(register))
		l.table.init = append(l.table.init, name+"="+value+";")
		l.observe(name)
	}
	for _, r := range l.data {
		set(r, fmt.Sprint(l.constant(l.sizes[len(l.sizes)-1])))
	}
	for _, r := range l.addresses {
		set(r, l.one("x", "y"))
	}
	if l.fixed != nil {
		l.fixed(l, thread)
	}
}

// observe has the whole of a register observed.
func (l *listing) observe(name string) {
	l.table.observed = append(l.table.observed, fmt.Sprintf("%s int%d_t;", name, 8*l.sizes[len(l.sizes)-1]))
}

// instruction emits an instruction, or a group that has one or more within.
func (l *listing) instruction() {
	kinds := []string{"compute", "compute"}
	cost := 1
	if l.looping {
		cost = 2
	}
	if l.left >= cost {
		kinds = append(kinds, "access", "access", "access")
		if !l.mixed {
			kinds = append(kinds, "pointer")
		}
	}
	if !l.nested {
		kinds = append(kinds, "jump", "loop")
	}
	switch l.one(kinds...) {
	case "compute":
		l.compute(l)
	case "access":
		l.left -= cost
		l.access(l, l.place())
	case "pointer":
		l.left -= cost
		l.pointer(l, l.one(l.addresses...))
	case "jump":
		label := l.label()
		l.jump(l, label)
		l.group()
		l.emit("%s:", label)
	case "loop":
		label := l.label()
		l.looping = true
		l.count(l)
		l.emit("%s:", label)
		l.group()
		l.loop(l, label)
		l.looping = false
	}
}

func (l *listing) group() {
	l.nested = true
	for range 1 + l.upTo(1) {
		l.instruction()
	}
	l.nested = false
}

// place draws a place, and emits what computes its address.
func (l *listing) place() place {
	v := rapid.SampledFrom(l.variables).Draw(l.T, "variable")
	at := place{size: v.size, variable: v.name}
	whole := v.size * max(1, v.elements)
	if l.mixed {
		for at.size = l.width(); at.size > whole; at.size /= 2 {
		}
	}
	switch {
	case v.elements == 0 && l.upTo(1) == 0:
		at.variable, at.register = "", l.one(l.addresses...)
	case v.elements > 0 && at.size == v.size && l.upTo(1) == 0:
		at.index = true
		l.index(l, v.elements)
		return at
	}
	at.offset = at.size * l.upTo(whole/at.size-1)
	return at
}
