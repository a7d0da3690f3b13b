package stress

import (
	"fmt"
	"unsafe"

	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/litmus/stress/perpetual"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

const (
	maxInstances  = 8192    // of a call of the machine code
	maxIterations = 1 << 15 // of a call of perpetual code
)

// area is the memory that the machine code works on: outside of Go's heap, where addresses stay what they are.
type area struct {
	memory    []byte
	instances region   // at most maxInstances of the largest layout
	table     region   // their addresses
	outs      []region // by thread: the registers that it records, of maxInstances or, as often as there are threads, maxIterations
	records   []*plan.Record
	shared    *plan.Shared
}

// region is a part of an area.
type region struct {
	base uintptr
	size int
}

// newArea makes an area for a program. Its cost in memory is some megabytes, and grows with the locations and the registers observed.
// endless is the test as a perpetual one, or nil.
func newArea(p *program, endless *perpetual.Test) (*area, error) {
	stride := line
	for _, l := range p.locations {
		stride += int(l.size) + 4*line
	}
	var a area
	size := 0
	reserve := func(n int) region {
		n = (n + 4095) &^ 4095
		size += n
		return region{uintptr(size - n), n}
	}
	instances, table := reserve(maxInstances*stride), reserve(maxInstances*8)
	for t := range p.out {
		words := max(1, len(p.out[t])) * maxInstances
		if endless != nil {
			words = max(words, len(p.out)*len(endless.Threads[t].Out)*maxIterations)
		}
		a.outs = append(a.outs, reserve(8*words))
	}
	records := reserve(len(p.out) * int(unsafe.Sizeof(plan.Record{})))
	shared := reserve(int(unsafe.Sizeof(plan.Shared{})))
	memory, err := native.Allocate(size, p.low())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	a.memory = memory
	base := uintptr(unsafe.Pointer(&memory[0]))
	place := func(r region) region { r.base += base; return r }
	a.instances, a.table = place(instances), place(table)
	for t := range a.outs {
		a.outs[t] = place(a.outs[t])
		at := uintptr(records.base) + uintptr(t)*unsafe.Sizeof(plan.Record{})
		a.records = append(a.records, (*plan.Record)(unsafe.Pointer(&memory[at])))
	}
	a.shared = (*plan.Shared)(unsafe.Pointer(&memory[shared.base]))
	a.shared.Threads = uint64(len(a.outs))
	return &a, nil
}

func (a *area) close() error { return native.Free(a.memory) }

// restart has the threads wait for one another again.
func (a *area) restart() {
	a.shared.Arrived, a.shared.Start, a.shared.Barrier = 0, 0, 0
}

// at is the memory at an address in the area.
func (a *area) at(address uintptr) unsafe.Pointer {
	return unsafe.Pointer(&a.memory[address-uintptr(unsafe.Pointer(&a.memory[0]))])
}

func (a *area) words(r region, n int) []uint64 {
	return unsafe.Slice((*uint64)(a.at(r.base)), n)
}

// load reads a value of 1, 2, 4 or 8 bytes.
func load(p unsafe.Pointer, size uint8) uint64 {
	switch size {
	case 1:
		return uint64(*(*uint8)(p))
	case 2:
		return uint64(*(*uint16)(p))
	case 4:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}

func store(p unsafe.Pointer, size uint8, v uint64) {
	switch size {
	case 1:
		*(*uint8)(p) = uint8(v)
	case 2:
		*(*uint16)(p) = uint16(v)
	case 4:
		*(*uint32)(p) = uint32(v)
	default:
		*(*uint64)(p) = v
	}
}
