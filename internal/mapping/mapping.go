// Package mapping says which instructions atomic operations become on amd64 and on arm64.
//
// It is the usual mapping of C11's atomics: on amd64 that of https://www.cl.cam.ac.uk/~pes20/cpp/cpp0xmappings.html with
// the barrier on stores, on arm64 that of the Armv8.3 instructions (LDAPR, and the atomics of LSE), as compilers use them
// when they may (Arm ARM, DDI 0487, C6.2). Go's own compiler makes every atomic operation sequentially consistent.
package mapping

import "github.com/weakmem/litmus/explorer/sim"

// Architectures are those that the package knows.
func Architectures() []string { return []string{"amd64", "arm64"} }

// Code is what an operation becomes.
type Code struct {
	Instructions string // "" if none is needed
	// Cost orders alternatives, and means nothing else: roughly cycles, when the cache line is at hand and the store buffer
	// is not empty.
	Cost int
}

// Operation is what is done to memory.
type Operation uint8

const (
	Load Operation = iota
	Store
	Add
	And
	Or
	Swap
	CompareAndSwap
	Fence
)

// Of returns what an operation becomes on an architecture. The ordering of a fence that is none is Relaxed. For a
// compare-and-swap it is the stronger of that of success and that of failure.
func Of(architecture string, op Operation, o sim.Ordering) Code {
	if architecture == "arm64" {
		return arm64(op, o)
	}
	return amd64(op, o)
}

func amd64(op Operation, o sim.Ordering) Code {
	switch op {
	case Load:
		return Code{"MOV", 1}
	case Store:
		if o == sim.SeqCst {
			return Code{"XCHG", 20}
		}
		return Code{"MOV", 1}
	case Fence:
		if o == sim.SeqCst {
			return Code{"MFENCE", 30}
		}
		return Code{}
	case Swap:
		return Code{"XCHG", 20}
	case CompareAndSwap, And, Or: // And and Or return the old value: a loop, in general
		return Code{"LOCK CMPXCHG", 20}
	}
	return Code{"LOCK XADD", 20}
}

func arm64(op Operation, o sim.Ordering) Code {
	switch op {
	case Load:
		switch o {
		case sim.Acquire:
			return Code{"LDAPR", 2}
		case sim.SeqCst:
			return Code{"LDAR", 4}
		}
		return Code{"LDR", 1}
	case Store:
		if o == sim.Relaxed {
			return Code{"STR", 1}
		}
		return Code{"STLR", 4}
	case Fence:
		switch o {
		case sim.Relaxed:
			return Code{}
		case sim.Acquire:
			return Code{"DMB ISHLD", 10}
		}
		return Code{"DMB ISH", 20}
	}
	name := map[Operation]string{Add: "LDADD", And: "LDCLR", Or: "LDSET", Swap: "SWP", CompareAndSwap: "CAS"}[op]
	switch o {
	case sim.Acquire:
		return Code{name + "A", 12}
	case sim.Release:
		return Code{name + "L", 12}
	case sim.AcqRel, sim.SeqCst:
		return Code{name + "AL", 14}
	}
	return Code{name, 10}
}
