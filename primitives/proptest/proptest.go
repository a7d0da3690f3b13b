// Package proptest tests a concurrent data structure against its sequential specification.
//
// A [Subject] says how to make the structure, what it does when calls are made one after another, and which calls there
// are. [Check] has rapid draw small clients, some threads that make some calls each; has the explorer run every execution
// of each client that a memory model allows; and has porcupine judge whether the results of each are those of some
// sequential order (Herlihy and Wing, TOPLAS 1990). What fails, rapid shrinks to a smallest client, and the report is that client, what
// its calls returned, and the execution. [Stress] runs such clients on real goroutines, and [Run] does so outside of tests. [Falsify] is for tests of
// the test: it expects a failure, and returns it.
//
// Races, deadlocks, panics, leaks, and whatever else the explorer finds in the structure, fail the test as well. A
// call must therefore return whatever the other threads do or leave undone: an operation that waits for another
// thread's is tested in its form that gives up (TryPop), or joined with its counterpart in one operation (lock, read, unlock).
//
// # The order of calls
//
// An execution under weak memory has no global time, so "A returned before B was called" must be said by other means: A
// precedes B if one thread makes both, A first, or if A's return happens before B's call; that is, something that A's
// thread does after A's return happens before something that B's thread did before the call. Results are right if some
// total order of the calls that extends this one is a run of the specification.
//
// For the clients drawn this is as strict as results can show. Threads can tell that A returned before B was called
// only if they communicate it, and what is communicated is what happens before; so a program that uses the structure cannot tell
// its results from those of the specification (the argument of Filipović, O'Hearn, Rinetzky and Yang, Abstraction for
// concurrent objects, TCS 2010, with happens-before for real time). Threads communicate through the structure itself, and a drawn client may besides have a
// call wait until one of another thread has returned, through a flag that is released and acquired.
//
// It is looser than real time where nothing was communicated: a read that returns an old value, though a write has
// returned on another processor, is right as long as the reader could not know of the write; under sc, too. A client in which
// the reader waits for the writer finds it wrong. It is stricter than real time nowhere: whatever interleaving explains an
// execution, happens-before is part of it.
//
// Results do not show whether calls synchronise: whether what a thread wrote before it put a value in is there for
// the thread that takes it out. To test that, have Call pass what it is given in an atomic.Cell or a mem.Handle, and read
// that on the other side: an edge that is missing is a data race.
//
// The order is partial, and need not be that of intervals on a line: of two threads that do A, B and C, D and never
// communicate, neither A before D nor C before B is known, though on a line of time one would hold. So porcupine is given calls that all overlap, and the
// order is put into the specification: its state carries the set of calls done, and a call can be next
// only if all that precede it are in the set.
//
// # Cost
//
// Executions grow exponentially with the calls of a client that touch the same variables, therefore clients are small; most faults show in
// very small ones. A history that was judged before in the same client is not judged again: even where each call is one atomic operation, an
// execution costs less than twice what it does without a judge (BenchmarkExecution). Judging a new history is exponential in the calls, at worst.
package proptest

import (
	"fmt"

	"pgregory.net/rapid"
)

// Subject is an implementation I of a sequential specification with states of type S.
type Subject[I, S any] struct {
	// New makes the implementation, for a client of so many threads. It runs inside the exploration, before the
	// threads start. I may hold handles, one for each thread.
	New func(threads int) I
	// Init returns the specification's first state.
	Init func() S
	// Equal compares states of the specification. nil: reflect.DeepEqual.
	Equal      func(a, b S) bool
	Operations []Operation[I, S]
	// Finish is called when all threads are joined: it frees, closes, checks. It may be nil.
	Finish func(i I)
}

// Operation is a method of an implementation and of its specification.
type Operation[I, S any] struct {
	Name string // "Push"
	// Role says which threads may call it. "": any. Else it is that of one thread of a client, to which the operations of the role are
	// left: "producer".
	Role string
	// Argument draws what it is called with. nil: nothing.
	Argument *rapid.Generator[int]
	// Call calls it, on one of the threads 0, 1, … of the client, and returns its result; nil if it has none.
	// Results are compared with == or, if they cannot be, with reflect.DeepEqual.
	Call func(i I, thread, argument int) any
	// Step reports whether the specification may return result in state s, and the state after it. It must not change s.
	Step func(s S, argument int, result any) (S, bool)
}

func (s *Subject[I, S]) validate() error {
	switch {
	case s.New == nil:
		return fmt.Errorf("the subject has no New")
	case s.Init == nil:
		return fmt.Errorf("the subject has no Init")
	case len(s.Operations) == 0:
		return fmt.Errorf("the subject has no Operations")
	}
	for i, o := range s.Operations {
		switch {
		case o.Name == "":
			return fmt.Errorf("operation %d has no Name", i)
		case o.Call == nil:
			return fmt.Errorf("operation %s has no Call", o.Name)
		case o.Step == nil:
			return fmt.Errorf("operation %s has no Step", o.Name)
		}
	}
	return nil
}

// operations returns the operations without the types of their subject: what clients are drawn from and printed with.
func (s *Subject[I, S]) operations() []operation {
	var all []operation
	for _, o := range s.Operations {
		all = append(all, operation{o.Name, o.Role, o.Argument})
	}
	return all
}

type operation struct {
	name, role string
	argument   *rapid.Generator[int]
}
