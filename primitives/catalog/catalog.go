// Package catalog lists the protocols of primitives/ with the client programs that exploration proves them by.
//
// A program is a small body for the explorer. Together, a protocol's programs run every atomic operation of its package,
// hold under every model of [Models], with no bound hit, and kill every mutant of its package that is not listed as
// equivalent. `litmus explore` and `litmus weaken` run them. `litmus stress` runs drawn clients natively.
package catalog

import (
	"slices"

	"github.com/weakmem/litmus/explorer"
)

// Models are the memory models that every program is verified under.
func Models() []string { return []string{"sc", "tso", "ra", "rc11", "go"} }

// Protocol is a package of primitives/.
type Protocol struct {
	Name     string // "ring": that of its package, and of its page in specs/
	Title    string // what it is, in one line
	Programs []Program
	// Subjects are what of it has a sequential specification.
	Subjects []Subject
	// Mistakes are programs that use the protocol, or build it, wrongly: each must fail.
	Mistakes []Mistake
	// Equivalent are the mutants that no program can kill, by name, with the reason.
	Equivalent map[string]string
}

// Program is a client of a protocol.
type Program struct {
	Name string // "wrap-around": lower case, words joined by hyphens
	Doc  string // what it shows, in one line
	Body func(x *explorer.T)
}

// Mistake is a client that must fail.
type Mistake struct {
	Program
	Fails string // a part of the failure's message: "use after free"
}

// All returns the protocols, by name.
func All() []Protocol {
	return []Protocol{
		account, broadcast, counter, deque, epoch, guard, hazard, mcs, msqueue, rcu, ring, rwlock, seqlock, sequencer,
		shardmap, snapshot, spinlock, ticket, treiber,
	}
}

// Named returns the protocol of a name.
func Named(name string) (Protocol, bool) {
	all := All()
	i := slices.IndexFunc(all, func(p Protocol) bool { return p.Name == name })
	if i < 0 {
		return Protocol{}, false
	}
	return all[i], true
}
