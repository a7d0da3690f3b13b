// Package mapping says which instructions the atomic operations of C11 and of Go become on amd64, arm64 and riscv.
//
// A [Table] is one way of compiling: for each operation and ordering a sequence of instructions, after
//
//   - Sewell et al., "C/C++11 mappings to processors", https://www.cl.cam.ac.uk/~pes20/cpp/cpp0xmappings.html;
//   - Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, and volume 3, 9.2 (memory ordering);
//   - Arm Architecture Reference Manual (DDI 0487), C6.2 (instructions) and B2.3 (memory model);
//   - The RISC-V Instruction Set Manual, volume I, appendix A.5, table A.6, and chapter "A" (aq and rl);
//   - for Go, whose atomics are all sequentially consistent (https://go.dev/ref/mem), the lowering rules of its compiler.
//
// Tables mix badly: a store of one and a load of another may be left unordered where each table alone orders them.
package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/explorer/sim"
)

// Operation is what is done to memory.
type Operation uint8

const (
	Load Operation = iota
	Store
	Add
	Sub
	And
	Or
	Xor
	Swap
	CompareAndSwap // strong: it fails only where it finds another value
	Fence
)

var names = [...]string{"load", "store", "fetch-and-add", "fetch-and-sub", "fetch-and-and", "fetch-and-or", "fetch-and-xor",
	"exchange", "compare-exchange", "fence"}

func (op Operation) String() string { return names[op] }

// Row is what an operation becomes, by ordering.
//
// A sequence is instructions with ";" between them, in the syntax of the target's litmus tests. "1:" before one is a label,
// 1b and 1f jump to it backward and forward. Operands are in braces:
//
//	{addr}              the address, in a register
//	{new}               what is stored or combined, {desired} in a compare-exchange: there it must be a register
//	{old}               the register for the value that was read
//	{expected}          what a compare-exchange expects
//	{t}                 a register for use within; {status} one for the outcome of a store-exclusive; {acc} amd64's accumulator
//	{s}                 the suffix of the mnemonic for the size of the access
//	{old.r}, {r}        amd64: a register in 32 bits at least, and the suffix for that: what is in the rest of it then plays no part
//	{x}                 arm64: how a narrow operand of a comparison is extended
//
// No operand that is written shares a register with one that is read.
type Row map[sim.Ordering]string

// Table is a mapping to one target.
type Table struct {
	Target string // amd64, arm64, riscv
	Name   string
	Doc    string // in a line
	// Consume is the ordering that a load with memory_order_consume gets: Relaxed where dependencies in registers, which the
	// processor respects, do its work.
	Consume sim.Ordering
	// Rows are the sequences; Narrow those of accesses of one and two bytes where they differ.
	Rows, Narrow map[Operation]Row
}

func (t *Table) String() string { return t.Target + "/" + t.Name }

// Targets are the targets that tables are for.
func Targets() []string { return []string{"amd64", "arm64", "riscv"} }

// Tables returns a target's tables, the default one first; none for a target that is not known.
func Tables(target string) []*Table {
	switch target {
	case "amd64":
		return amd64Tables()
	case "arm64":
		return arm64Tables()
	case "riscv":
		return riscvTables()
	}
	return nil
}

// Find returns a target's table of that name, or its default one for "".
func Find(target, name string) (*Table, error) {
	tables := Tables(target)
	if tables == nil {
		return nil, fmt.Errorf("unknown target %q: expected %s", target, strings.Join(Targets(), ", "))
	}
	if name == "" {
		return tables[0], nil
	}
	var known []string
	for _, t := range tables {
		if t.Name == name {
			return t, nil
		}
		known = append(known, t.Name)
	}
	return nil, fmt.Errorf("unknown mapping %q to %s: expected %s", name, target, strings.Join(known, ", "))
}

// Sequence returns what an operation on size bytes becomes, for [Row]; "" if no instruction is needed.
// The ordering of a compare-exchange is that of [Combine]; a fence has no size.
func (t *Table) Sequence(op Operation, o sim.Ordering, size uint8) (string, error) {
	if size == 1 || size == 2 {
		if row, ok := t.Narrow[op]; ok {
			if row == nil {
				return "", fmt.Errorf("%s has no %s of %d bytes in one access: expected 4 or 8", t.Target, op, size)
			}
			return row.get(op, o)
		}
	}
	return t.Rows[op].get(op, o)
}

func (r Row) get(op Operation, o sim.Ordering) (string, error) {
	s, ok := r[o]
	if !ok {
		return "", fmt.Errorf("the ordering %s is not one of a %s (C11, 7.17.7)", o, op)
	}
	return s, nil
}

// Combine is the one ordering of a compare-exchange that has two, of success and of failure.
func Combine(success, failure sim.Ordering) sim.Ordering {
	switch {
	case success == sim.SeqCst || failure == sim.SeqCst:
		return sim.SeqCst
	case success.Releases() && (success.Acquires() || failure.Acquires()):
		return sim.AcqRel
	case failure.Acquires():
		return sim.Acquire
	}
	return success
}

// loads, stores, updates and fences are rows with an entry for every ordering that C11 allows the operation (7.17.7, 7.17.4).
func loads(relaxed, acquire, seqCst string) Row {
	return Row{sim.Plain: relaxed, sim.Relaxed: relaxed, sim.Acquire: acquire, sim.SeqCst: seqCst}
}

func stores(relaxed, release, seqCst string) Row {
	return Row{sim.Plain: relaxed, sim.Relaxed: relaxed, sim.Release: release, sim.SeqCst: seqCst}
}

func updates(relaxed, acquire, release, acqRel, seqCst string) Row {
	return Row{sim.Relaxed: relaxed, sim.Acquire: acquire, sim.Release: release, sim.AcqRel: acqRel, sim.SeqCst: seqCst}
}

func fences(acquire, release, acqRel, seqCst string) Row {
	return updates("", acquire, release, acqRel, seqCst)
}

// anyOrder is an update that is the same whatever its ordering.
func anyOrder(s string) Row { return updates(s, s, s, s, s) }

// affixed is an update whose sequence has {a} and {b} replaced by what its ordering calls for.
func affixed(s string, by map[sim.Ordering][2]string) Row {
	row := Row{}
	for o, affix := range by {
		row[o] = strings.NewReplacer("{a}", affix[0], "{b}", affix[1]).Replace(s)
	}
	return row
}

// updateOperations are the read-modify-writes but for the compare-exchange.
var updateOperations = []Operation{Add, Sub, And, Or, Xor, Swap}

// Instructions splits a sequence.
func Instructions(sequence string) []string {
	var list []string
	for _, s := range strings.Split(sequence, ";") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return slices.Clip(list)
}
