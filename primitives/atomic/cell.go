package atomic

import (
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Cell is a variable of plain memory, not atomic, that the explorer watches:
// two accesses to it of which one is a Store and neither happens before the
// other are a data race, and fail the exploration. Natively it is a field of
// type T, and go test -race sees races on it. The zero value holds T's.
//
// An exploration cannot see races on plain Go variables, only on cells.
type Cell[T any] struct {
	_     noCopy
	value T
}

var cellKind = sim.Kind{Name: "atomic.Cell"}

// Load returns what c holds.
func (c *Cell[T]) Load() T {
	if sim.Gate() != 0 {
		c.note(sim.Read)
	}
	return c.value
}

// Store makes c hold v.
func (c *Cell[T]) Store(v T) {
	if sim.Gate() != 0 {
		c.note(sim.Overwrite)
	}
	c.value = v
}

func (c *Cell[T]) note(a sim.Access) {
	// Variables of no size may share an address, and nothing can be told by reading them.
	if unsafe.Sizeof(c.value) == 0 {
		return
	}
	if th := sim.Current(); th != nil {
		th.Plain(sim.Var{Addr: unsafe.Pointer(c), Kind: &cellKind}, a)
	}
}
