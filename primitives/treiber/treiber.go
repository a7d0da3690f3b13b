// Package treiber is the Treiber stack: last in, first out, lock-free, for any number of goroutines.
//
// The stack is a linked list and one variable, top. Push makes a node that points to the top it found, and swings top from
// that to the node; TryPop swings it from the node that it found to the one below. Either looks again if top has changed.
//
// It is correct because top is only ever changed by a compare-and-swap from the very node on which the new top was
// computed. That takes two things. What a node says of value and next must be known to whoever finds it: Push releases,
// TryPop acquires, and the updates between hand on what was released. And the node below must still be the one below when
// top is compared: a node must not come back on top while someone who has seen it there before may compare it (the ABA
// problem). There are two ways to that:
//
//   - [Stack]: the garbage collector does not give a node's address to another as long as someone holds it.
//   - [Reclaimed]: nodes are in memory that is freed by hand, and hazard pointers keep a node that someone holds.
//
// Push and TryPop cost O(1) alone, and one retry for each other operation that succeeded meanwhile. All contend for the
// one variable, so throughput falls as goroutines are added.
//
// The stack is Treiber's, "Systems Programming: Coping with Parallelism" (IBM RJ 5118, 1986); with hazard pointers, it is
// in Michael's paper of 2004. specs/treiber.md has the argument in full.
package treiber
