// Package cite is a go/analysis pass that holds the code of a protocol to its specification.
//
// A page of specs/ defines the invariants of a protocol under stable names, such as INV-RING-2. What carries an
// invariant in the code are the orderings of atomic operations, so each operation says in a comment, on its line or
// directly above, which invariants its ordering serves:
//
//	r.tail.Store(tail+1, atomic.Release) // INV-RING-2
//
// An operation is a call of anything that takes a [github.com/weakmem/litmus/explorer/sim.Ordering]. The pass reports
//
//   - an operation without a citation: nobody knows what would break if its ordering were weaker;
//   - an operation that leaves its ordering out: SeqCst is a decision too;
//   - two operations on one line: the mutants of a protocol are named by lines.
//
// Tests are not looked at. The result of the pass is the list of all citations in a package, for whoever knows which names are
// defined. The tests of specs/ run it over primitives/.
package cite
