package mapping

import "github.com/weakmem/litmus/explorer/sim"

func arm64Tables() []*Table {
	const load, store = "LDR{s} {old},[{addr}]", "STR{s} {new},[{addr}]"
	const acquire, release = "LDAR{s} {old},[{addr}]", "STLR{s} {new},[{addr}]"
	const full, loadFence = "DMB ISH", "DMB ISHLD"
	table := func(name, doc string, rows map[Operation]Row, acquireLoad string) *Table {
		rows[Load] = loads(load, acquireLoad, acquire)
		rows[Store] = stores(store, release, release)
		rows[Fence] = fences(loadFence, full, full, full)
		return &Table{Target: "arm64", Name: name, Doc: doc, Consume: sim.Acquire, Rows: rows}
	}
	barriers := table("fences", "DMB around plain loads, stores and LDXR/STXR loops, as on Armv7", fencedLoops(full, loadFence), "")
	barriers.Consume = sim.Relaxed
	barriers.Rows[Load] = loads(load, load+"; "+loadFence, load+"; "+full)
	barriers.Rows[Store] = stores(store, full+"; "+store, full+"; "+store+"; "+full)

	golang := table("go", "Go's compiler: LDAR, STLR, LSE atomics with A and L, no fences", atomics(sequential), acquire)
	golang.Rows[Load] = Row{sim.Plain: load, sim.Relaxed: acquire, sim.Acquire: acquire, sim.SeqCst: acquire}
	golang.Rows[Store] = Row{sim.Plain: store, sim.Relaxed: release, sim.Release: release, sim.SeqCst: release}
	golang.Rows[Fence] = fences("", "", "", "")
	return []*Table{
		table("lse", "LDAR, STLR, the atomics of LSE", atomics(annotated), acquire),
		table("rcpc", "LDAPR for acquire, LDAR for seq_cst, STLR, the atomics of LSE", atomics(annotated), "LDAPR{s} {old},[{addr}]"),
		table("exclusives", "LDAR, STLR, loops of LDXR and STXR", exclusiveLoops(), acquire),
		barriers,
		golang,
	}
}

// annotated are the affixes of mnemonics by ordering, sequential those of Go: {a} where it acquires, {b} where it releases.
var (
	annotated = map[sim.Ordering][2]string{
		sim.Relaxed: {"", ""}, sim.Acquire: {"A", ""}, sim.Release: {"", "L"}, sim.AcqRel: {"A", "L"}, sim.SeqCst: {"A", "L"},
	}
	sequential = map[sim.Ordering][2]string{
		sim.Relaxed: {"A", "L"}, sim.Acquire: {"A", "L"}, sim.Release: {"A", "L"}, sim.AcqRel: {"A", "L"}, sim.SeqCst: {"A", "L"},
	}
)

// atomics are the instructions of the Large System Extensions (C3.2.12). LDCLR clears the bits that are set in its operand.
func atomics(affixes map[sim.Ordering][2]string) map[Operation]Row {
	rows := map[Operation]Row{}
	for op, s := range map[Operation]string{
		Add: "LDADD{a}{b}{s} {new},{old},[{addr}]", Sub: "NEG {t},{new}; LDADD{a}{b}{s} {t},{old},[{addr}]",
		And: "MVN {t},{new}; LDCLR{a}{b}{s} {t},{old},[{addr}]",
		Or:  "LDSET{a}{b}{s} {new},{old},[{addr}]", Xor: "LDEOR{a}{b}{s} {new},{old},[{addr}]",
		Swap:           "SWP{a}{b}{s} {new},{old},[{addr}]",
		CompareAndSwap: "MOV {old},{expected}; CAS{a}{b}{s} {old},{desired},[{addr}]",
	} {
		rows[op] = affixed(s, affixes)
	}
	return rows
}

// combined computes {t} from {old} and {new}.
var combined = map[Operation]string{
	Add: "ADD {t},{old},{new}; ", Sub: "SUB {t},{old},{new}; ", And: "AND {t},{old},{new}; ",
	Or: "ORR {t},{old},{new}; ", Xor: "EOR {t},{old},{new}; ", Swap: "",
}

// loops are the read-modify-writes by exclusives; {a} and {b} stand in the mnemonics.
func loops() map[Operation]string {
	all := map[Operation]string{
		CompareAndSwap: "1: LD{a}XR{s} {old},[{addr}]; CMP {old},{expected}{x}; B.NE 2f; " +
			"ST{b}XR{s} {status},{desired},[{addr}]; CBNZ {status},1b; 2:",
	}
	for _, op := range updateOperations {
		result := "{t}"
		if op == Swap {
			result = "{new}"
		}
		all[op] = "1: LD{a}XR{s} {old},[{addr}]; " + combined[op] + "ST{b}XR{s} {status}," + result + ",[{addr}]; CBNZ {status},1b"
	}
	return all
}

func exclusiveLoops() map[Operation]Row {
	rows := map[Operation]Row{}
	for op, s := range loops() {
		rows[op] = affixed(s, annotated)
	}
	return rows
}

// fencedLoops have what orders them outside: nothing in the loop is more than relaxed.
func fencedLoops(full, loadFence string) map[Operation]Row {
	rows := map[Operation]Row{}
	plain := map[sim.Ordering][2]string{sim.Relaxed: {}}
	for op, s := range loops() {
		loop := affixed(s, plain)[sim.Relaxed]
		before, after := full+"; "+loop, "; "+loadFence
		rows[op] = updates(loop, loop+after, before, before+after, before+"; "+full)
	}
	return rows
}
