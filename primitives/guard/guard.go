// Package guard publishes data larger than a word from a writer to readers, in four ways.
//
//   - A [Variable] is plain data behind a guard variable, the number of versions published: each version has memory of its
//     own and is written once.
//   - A [Copy] is data that is never changed: writers copy it, change the copy, and swap the pointer to it.
//   - An [Element] is a latest value handed from one writer to one reader through three slots. The number of the slot between
//     them is the one atomic.
//   - [Words] is a datum each word of which is atomic: words are never torn, the datum may be, and the reader is told.
//
// Data goes in by Publish, Store or Update and comes out by Load, as a copy. The first three are right for one reason: all
// accesses to a piece of plain memory are ordered by a release of one atomic, after the writes, and an acquire of it, before
// the reads. In the fourth there is no plain memory; release and acquire order the words among themselves.
//
// Load costs one atomic load and a copy of the data, in Words one atomic load a word. Publishing costs one atomic store or
// swap besides the copy, in Words one store a word. A Copy allocates a version at each change; the others never allocate.
//
// The guard variable is message passing (Adve and Boehm, "Memory Models: A Case for Rethinking Parallel Languages and
// Hardware", CACM 53(8), 2010). Copies are those of McKenney and Slingwine, "Read-Copy Update", PDCS 1998. Words are after
// Lamport, "Concurrent Reading and Writing", CACM 20(11), 1977. specs/guard.md has the orderings and the argument.
package guard
