package atomic

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/explorer/sim"
)

// Ordering is how an atomic operation orders the memory accesses around it.
type Ordering = sim.Ordering

// The orderings, as C11 calls them.
const (
	Relaxed = sim.Relaxed // orders nothing else
	Acquire = sim.Acquire // of reads: what follows stays after, and sees what was before the release it reads from
	Release = sim.Release // of writes: what precedes stays before
	AcqRel  = sim.AcqRel  // of operations that read and write: both
	SeqCst  = sim.SeqCst  // both, and all threads agree on one order of these operations
)

// orderings is a set of them, a bit each.
type orderings uint8

const (
	loads   orderings = 1<<Relaxed | 1<<Acquire | 1<<SeqCst
	stores  orderings = 1<<Relaxed | 1<<Release | 1<<SeqCst
	updates orderings = loads | stores | 1<<AcqRel
	fences  orderings = updates &^ (1 << Relaxed)
)

func (s orderings) has(o Ordering) bool { return o <= SeqCst && s>>o&1 != 0 }

// String lists the set: "relaxed, acquire or seq_cst".
func (s orderings) String() string {
	var names []string
	for o := Relaxed; o <= SeqCst; o++ {
		if s.has(o) {
			names = append(names, o.String())
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// only returns o if it is one that the operation may have.
func only(operation string, legal orderings, o Ordering) Ordering {
	if !legal.has(o) {
		refuse(operation, legal, o)
	}
	return o
}

// ordering returns the one that the caller of an operation gave, or SeqCst.
func ordering(operation string, legal orderings, given []Ordering) Ordering {
	switch len(given) {
	case 0:
		return SeqCst
	case 1:
		return only(operation, legal, given[0])
	}
	surplus(operation, "one", len(given))
	return SeqCst
}

// exchangeOrderings returns the orderings of a compare-and-swap that succeeds
// and of one that fails. The second, if it is not given, is the first less its
// release part: C11, 7.17.7.4.
func exchangeOrderings(operation string, given []Ordering) (success, failure Ordering) {
	switch len(given) {
	case 0:
		return SeqCst, SeqCst
	case 1:
		switch success = only(operation, updates, given[0]); success {
		case Release:
			return success, Relaxed
		case AcqRel:
			return success, Acquire
		}
		return success, success
	case 2:
		success = only(operation, updates, given[0])
		if !loads.has(given[1]) {
			refuse(operation+" that fails", loads, given[1])
		}
		return success, given[1]
	}
	surplus(operation, "two", len(given))
	return SeqCst, SeqCst
}

func refuse(operation string, legal orderings, o Ordering) {
	name := o.String()
	if o > SeqCst {
		name = fmt.Sprintf("Ordering(%d)", uint8(o))
	}
	misuse(fmt.Sprintf("atomic: %s with ordering %s: expected %s", operation, name, legal))
}

func surplus(operation, most string, n int) {
	misuse(fmt.Sprintf("atomic: %s with %d orderings: expected %s at most", operation, n, most))
}

func misuse(message string) {
	if th := sim.Current(); th != nil {
		th.Fail(message)
	}
	panic(message)
}
