package enumerate

import (
	"fmt"

	"github.com/weakmem/litmus/litmus/ir"
)

// cells are the memory locations of a test while it is enumerated: those that
// it declares, and those that a run comes upon at addresses in between. The
// latter hold nothing at first: a read of one reads what a run has written
// there, or is no candidate.
type cells struct {
	prog        *ir.Program
	list        []ir.Cell
	declared    int        // the first of list are prog.Cells
	initial     []ir.Value // what these hold at first
	at          map[ir.Value]int32
	sizes       []uint8 // by cell: the size of the accesses seen, 0 for none
	unsupported []error
}

func newCells(p *ir.Program) *cells {
	c := &cells{prog: p, list: append([]ir.Cell(nil), p.Cells...), declared: len(p.Cells), at: map[ir.Value]int32{}}
	for i := range c.list {
		cell := &c.list[i]
		cell.Init = c.store(int32(i), cell.Init, cell.Type.Size)
		c.initial = append(c.initial, cell.Init)
		c.at[ir.Value{Sym: cell.Symbol, Int: cell.Offset}] = int32(i)
	}
	c.sizes = make([]uint8, len(c.list))
	return c
}

// addressable reports whether the address v points into a location, or at code.
func (c *cells) addressable(v ir.Value) bool {
	if _, ok := c.at[v]; ok {
		return true
	}
	return v.Sym > 0 && c.prog.Symbols[v.Sym-1].Kind == ir.Location
}

// find returns the cell at an address for an access of size bytes.
func (c *cells) find(v ir.Value, size uint8, in *ir.Instr) int32 {
	i, ok := c.at[v]
	if !ok {
		i = int32(len(c.list))
		c.at[v] = i
		c.list = append(c.list, ir.Cell{Symbol: v.Sym, Offset: v.Int, Type: ir.Type{Size: size}})
		c.sizes = append(c.sizes, size)
		c.mixed(in, "accesses %s, which is not the start of a location", c.format(v))
		return i
	}
	cell := &c.list[i]
	want := cell.Type.Size
	if !cell.Type.Declared {
		want = c.sizes[i]
	}
	if c.sizes[i] != size && c.prog.Symbols[cell.Symbol-1].Kind == ir.Location {
		if want != 0 && want != size {
			c.mixed(in, "accesses %d bytes of %s, a location of %d bytes", size, c.format(v), want)
		}
		c.sizes[i] = size
	}
	return i
}

func (c *cells) mixed(in *ir.Instr, format string, args ...any) {
	err := fmt.Errorf("%s: mixed-size accesses are not supported: %s %s", in.Pos, in.Text, fmt.Sprintf(format, args...))
	for _, e := range c.unsupported {
		if e.Error() == err.Error() {
			return
		}
	}
	c.unsupported = append(c.unsupported, err)
}

// store is what a cell holds after v, size bytes wide, was written to it.
func (c *cells) store(cell int32, v ir.Value, size uint8) ir.Value {
	t := c.list[cell].Type
	if !t.Declared && t.Size < size {
		t.Size = size
	}
	return ir.Extend(ir.Extend(v, size, !t.Unsigned), t.Size, !t.Unsigned)
}

// format prints a value for error messages.
func (c *cells) format(v ir.Value) string {
	if v.Sym == 0 {
		return fmt.Sprintf("address %#x", uint64(v.Int))
	}
	name := c.prog.Symbols[v.Sym-1].Name
	if v.Int != 0 {
		return fmt.Sprintf("%s%+d", name, v.Int)
	}
	return name
}

// name is a cell's name: x, or x+4 for one inside x.
func (c *cells) name(cell int) string {
	return c.format(ir.Value{Sym: c.list[cell].Symbol, Int: c.list[cell].Offset})
}
