// Package search runs a body of simulated threads through every execution that
// a memory model allows, each once.
//
// In go a Config and a body, which calls sim.Thread's methods; out come counts, failures, and a View of each execution. What it needs to know of
// a model is in semantics.go; everything else is the same for all.
//
// # The algorithm
//
// It is TruSt (Kokologiannakis, Marmanis, Gladstein and Vafeiadis, "Truly Stateless, Optimal Dynamic Partial Order
// Reduction", POPL 2022), over execution graphs: events in program order, reads-from, coherence. Events are added in an order that is a
// function of the graph (pick). A load reads the newest write; the others that it may read are alternatives (settle). A store
// takes the newest place in coherence order, with the others as alternatives, and may revisit loads that were there before: the
// graph is restricted to what was added before the load and what the store depends on, and the load reads the store (revisit).
//
// Every consistent graph is reached: program order and reads-from have no cycle in it, so its events can be put in an order in
// which each comes after what it depends on, and the newest choice for an event is always consistent, so that a graph which lacks events can
// be extended. It is reached once: a revisit is made only if each event that it deletes had made the newest choice that there was when it was
// added, seen from the store (maximal); so what was deleted is known from what is left, and the last step to a graph is unique.
//
// An update is a load and a store that follows at once. If another update has read the same write, only the revisit that undoes that
// one is consistent, and is looked for without a run (takeSource).
//
// # What is left out, and why that is sound
//
// Awaits of one value (await.go) are loads that are added when the newest value is one that their condition accepts, for as long as
// there is anything else to add. One that comes to read another value blocks its thread. That graph cannot be left out: an await of x that
// read a value which a store has replaced since, and that is to read a third, may in between forbid what the third store's thread has read.
// Rounds of loops without effect (yield.go) block their thread, too: with
// such a round left out, the rest of the execution is the same. A store that leaves an update waiting at an older value of a variable that
// only updates change leads nowhere unless it revisits it, if nothing before that may be revisited (wakeWaiters). Twins are in symmetry.go,
// the bound on preemptions in preempt.go. Tests hold each of these against the search without it.
//
// # Runs
//
// The body runs from its start for every graph: events of the graph are replayed, each after what it reads, and further ones are added. Plain
// memory is real memory, under race detection (race.go): in such an order it has the right values if there is no race.
//
// # Cost
//
// A run costs a call per operation, of some tens of nanoseconds if it is replayed and some hundred if it is new, each with a merge
// of vectors as long as there are threads; threads that wait cost a switch of coroutines each time. A choice that is not the newest costs a
// search for a cycle, at most linear in the graph for sc, tso and pso, quadratic for rc11 with SeqCst fences. A revisit costs a copy of the graph.
// Memory holds the graphs on the way to the present one: polynomial in the length of the program, whatever the number of executions. Nothing is
// allocated for an event once arrays have grown to their size.
package search
