// Package x86 reads and lowers the threads of two dialects of litmus tests:
//
//   - X86, 32 bits, in the manner of Intel's manuals: the destination first, MOV [x],$1;
//   - X86_64, in the manner of the AT&T assemblers: the destination last, movl $1,(x).
//
// In goes the text of one instruction, out comes an [ir.Node] that prints it and emits its
// micro-operations. What instructions do follows the Intel 64 and IA-32 Architectures Software
// Developer's Manual, volume 2: widths, zero-extension of 32-bit results, flags, the lock that xchg with
// memory implies. Where herd7 refines the manual's wording this package goes along: a compare-exchange
// with a lock that fails does not write its destination, for it would write what is there. Without a lock it
// does, other than in herd7: what it writes may undo another's store, and processors show that.
//
// The accesses of locked instructions carry the tags X and A, the fences their own names.
package x86
