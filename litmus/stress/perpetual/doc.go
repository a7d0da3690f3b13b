// Package perpetual tells which litmus tests may run perpetually, and counts the outcomes of those that did
// (Sengupta and others, "PerpLE: Improving the Speed and Effectiveness of Memory Consistency Testing", MICRO 2020).
//
// A perpetual test has one instance. Each thread runs its instructions again and again and never waits for another. In place of its
// constants it stores an arithmetic sequence: of the k stores of a thread to one location, in program order and counted from 0,
// store s writes k×n+s+1 in iteration n. So a value that was loaded tells which store of which iteration it is from, and the outcomes
// are counted afterwards. [Convert] decides on a test; a [Counter] counts.
//
// # Frames
//
// A frame picks an iteration n(t) of each thread t. It stands for one execution of the test, whose events are those of the picked
// iterations, and its outcome is what the loads among them say. A load of a location that thread u alone stores to, k times an
// iteration, returned v. Then in the frame it reads
//
//   - the initial value, if v ≤ k×n(u): it was stored before the frame's stores, or is initial;
//   - the frame's store s, if v = k×n(u)+s+1 for an s < k;
//   - the last of the frame's stores to the location, if v > k×n(u)+k: it was stored after them.
//
// The rule says of every load of the frame what it reads, also of those that are not recorded. Iterations may be picked in any way: each
// frame is an execution of its own, and N iterations of T threads make Nᵀ of them.
//
// # Why a frame is an execution that the model allows
//
// Let G be the execution of all iterations, F that of a frame: its events, and a write of 0 to each location. If a model allows G it
// allows F. Hence a frame whose outcome is forbidden shows that what ran, G, is forbidden.
//
// Each thread's events in F are those of one iteration: no event of G is between two of them in program order and not in F. So
// everything that a model derives from program order, from the kinds of events, from fences and dependencies between two events of F
// is the same in both, sets that are complements included: what is between them is the same. (G may have more dependencies, on
// what an earlier iteration loaded, and has the harness's own accesses, to locations that no thread of the test loads. More relations
// in G only forbid more.)
//
// A location has one thread that stores to it, and coherence orders its stores as program order does. So co of F is that of G between
// stores of F. The initial write is the source of co and rf only, and cannot be on a cycle. For a load r of F:
//
//   - If r reads the initial value in F, it read in G a write that is coherence-before all of F's stores there: the pairs that it has in
//     fr of F are in fr of G, and its pair in rf of F starts at the initial write.
//   - If it reads the same store in both, its pair of rf and its pairs of fr are the same.
//   - If it reads the frame's last store s in F, but s′ of a later iteration in G, it has no fr in F, and for the pair (s, r) of rf
//     there is s —co→ s′ —rf→ r in G. By coherence s′ cannot be of r's own thread, whose iteration is F's: r is another thread's.
//
// Now take a cycle in F that a model forbids: in the relations of "coherence", "internal", "tso" or "external". Put in co and rf for each
// rf of the last kind. It is a cycle in G, in the relations of the same axiom, if the axiom counts co between stores of one thread, or
// program order between stores to one location, beside rf:
//
//   - tso, and sc: co is in both axioms.
//   - aarch64: co is in "internal"; in "external" coherence between stores of one thread is lws, which is in lob, which is in ob.
//     That is where other-multi-copy atomicity comes in: rfe and coe are in ob whatever thread they lead to, so that
//     the steps of a cycle may be replaced one by one, in a relation that is transitive.
//
// Read-modify-writes, whose axiom is not of this form, are not converted.
//
// To count s itself, not the last store, for a load of a later iteration's store s would be wrong: with two stores of x, a reader may see
// store 1 of iteration n, then store 0 of iteration n+1. That is no reading of 2, then of 1.
//
// # Which frames are counted
//
// Those where something changes, a few for each iteration. Take a load of thread a, and a store s of thread u that it may read: whether it
// reads s or a later value has a boundary among a's iterations, if u's is known, since by coherence what a loads never decreases, and a
// boundary among u's, if a's is. Both grow with what is known. A weak outcome is a cycle of such conditions, each a lower bound for
// one thread's iteration where it is an upper bound for the next. If there are iterations that meet them, then those do that are next to
// the boundaries, taken one after the other around the cycle. So some threads, the pivots, of which each cycle of communications has one,
// have their iterations taken one by one, and each other thread gets the two iterations at its boundary with a thread that has
// one already; of several boundaries, one after the other in turns. For store buffering these are two frames for each iteration of
// one thread, and if an iteration has a partner with which it shows the weak outcome, one of the two does.
//
// # What a test must be
//
// That running a thread again does the same is decided by running its micro-operations twice on what is known before it runs: addresses and
// what is stored have to be the same, and so have the registers afterwards, except those that hold what was loaded. What was loaded
// may lead to addresses and branches where its value cannot matter: x^x added to an address, a branch to the next instruction. These
// dependencies are in G as in F. It may not lead to what is stored, for there the sequence takes its place, and the dependency is lost.
package perpetual
