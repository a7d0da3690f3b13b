package interpret

import (
	"fmt"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/litmus/ir"
)

// memory is a test's locations as modelled variables.
type memory struct {
	prog  *ir.Program
	vars  []sim.Var // by cell
	at    map[ir.Value]int
	sizes []uint8 // by cell: the size of the accesses seen, 0 for none
	// values are the addresses, and the integers of 64 bits, that words stand for by number.
	values  []ir.Value
	numbers map[ir.Value]int
}

// kind is the kind of every location.
var kind = &sim.Kind{Name: "location"}

func newMemory(p *ir.Program) *memory {
	m := &memory{
		prog: p, vars: make([]sim.Var, len(p.Cells)), at: map[ir.Value]int{},
		sizes: make([]uint8, len(p.Cells)), numbers: map[ir.Value]int{},
	}
	addresses := make([]byte, len(p.Cells))
	for i := range p.Cells {
		c := &p.Cells[i]
		m.vars[i] = sim.Var{Addr: unsafe.Pointer(&addresses[i]), Kind: kind, Init: m.word(m.stored(i, c.Init, c.Type.Size))}
		m.at[ir.Value{Sym: c.Symbol, Int: c.Offset}] = i
	}
	return m
}

// word is how simulated memory holds a value: small integers as they are, the others by number.
func (m *memory) word(v ir.Value) sim.Word {
	if v.Sym == 0 && v.Int<<1>>1 == v.Int {
		return sim.Bits(uint64(v.Int) &^ numbered)
	}
	n, ok := m.numbers[v]
	if !ok {
		n = len(m.values)
		m.numbers[v] = n
		m.values = append(m.values, v)
	}
	return sim.Bits(numbered | uint64(n))
}

// numbered marks a word that is the number of a value.
const numbered = 1 << 63

// value is the inverse of word.
func (m *memory) value(w sim.Word) ir.Value {
	if w.Bits&numbered != 0 {
		return m.values[w.Bits&^numbered]
	}
	return ir.Int(int64(w.Bits) << 1 >> 1)
}

// find returns the cell at an address, for an access of size bytes.
func (m *memory) find(at ir.Value, size uint8) (int, error) {
	i, ok := m.at[at]
	switch {
	case at.Sym == 0 || !ok && m.prog.Symbols[at.Sym-1].Kind != ir.Location:
		return 0, fmt.Errorf("access to %s, which is no location,", m.name(at))
	case !ok:
		return 0, fmt.Errorf("mixed-size accesses are not supported: access to %s, which is not the start of a location,", m.name(at))
	}
	want := m.sizes[i]
	if c := &m.prog.Cells[i]; c.Type.Declared {
		want = c.Type.Size
	}
	if want != 0 && want != size {
		return 0, fmt.Errorf("mixed-size accesses are not supported: access to %d bytes of %s, a location of %d bytes,", size, m.name(at), want)
	}
	m.sizes[i] = size
	return i, nil
}

// stored is what a cell holds after v, size bytes wide, was written to it.
func (m *memory) stored(cell int, v ir.Value, size uint8) ir.Value {
	t := m.prog.Cells[cell].Type
	if !t.Declared && t.Size < size {
		t.Size = size
	}
	return ir.Extend(ir.Extend(v, size, !t.Unsigned), t.Size, !t.Unsigned)
}

// name is an address as messages name it: x, or x+4 for one inside x.
func (m *memory) name(v ir.Value) string {
	if v.Sym == 0 {
		return fmt.Sprintf("address %#x", uint64(v.Int))
	}
	name := m.prog.Symbols[v.Sym-1].Name
	if v.Int != 0 {
		return fmt.Sprintf("%s%+d", name, v.Int)
	}
	return name
}
