package mapping

import "github.com/weakmem/litmus/explorer/sim"

func riscvTables() []*Table {
	const load, store = "l{s} {old},0({addr})", "s{s} {new},0({addr})"
	const afterLoad, beforeStore, full = "fence r,rw", "fence rw,w", "fence rw,rw"
	const releaseStore = beforeStore + "; " + store
	manual := func(name, doc, seqCstLoad, seqCstStore string) *Table {
		return &Table{
			Target: "riscv", Name: name, Doc: doc, Consume: sim.Acquire,
			Rows: riscvRows(map[Operation]Row{
				Load:  loads(load, load+"; "+afterLoad, seqCstLoad),
				Store: stores(store, releaseStore, seqCstStore),
				Fence: fences(afterLoad, beforeStore, "fence.tso", full),
			}, aqrl, reserved),
			Narrow: noNarrowUpdates(),
		}
	}
	trailing := manual("trailing", "fences, a full one behind seq_cst stores", load+"; "+afterLoad, releaseStore+"; "+full)
	// The store of an exclusive pair is not ordered before a load without annotation.
	trailing.Rows[CompareAndSwap][sim.SeqCst] += " " + full

	// Accesses of one and two bytes have no annotations. Full fences order them with those that have.
	fenced := func(access string) string { return full + "; " + access + "; " + full }
	amo := &Table{
		Target: "riscv", Name: "amo", Doc: "acquire loads by LR.aq, release stores by AMOSWAP.rl", Consume: sim.Acquire,
		Rows: riscvRows(map[Operation]Row{
			Load:  loads(load, "lr.{s}.aq {old},({addr})", "lr.{s}.aq.rl {old},({addr})"),
			Store: stores(store, "amoswap.{s}.rl x0,{new},({addr})", "amoswap.{s}.aq.rl x0,{new},({addr})"),
			Fence: fences(afterLoad, beforeStore, "fence.tso", full),
		}, aqrl, reserved),
		Narrow: noNarrowUpdates(),
	}
	amo.Narrow[Load] = loads(load, fenced(load), fenced(load))
	amo.Narrow[Store] = stores(store, fenced(store), fenced(store))

	const goLoad, goStore = "lr.{s}.aq {old},({addr})", "amoswap.{s}.aq.rl x0,{new},({addr})"
	golang := &Table{
		Target: "riscv", Name: "go", Doc: "Go's compiler: LR.aq, AMOs with aq and rl, no fences", Consume: sim.Acquire,
		Rows: riscvRows(map[Operation]Row{
			Load:  {sim.Plain: load, sim.Relaxed: goLoad, sim.Acquire: goLoad, sim.SeqCst: goLoad},
			Store: {sim.Plain: store, sim.Relaxed: goStore, sim.Release: goStore, sim.SeqCst: goStore},
			Fence: fences("", "", "", ""),
		}, everywhere(".aq", ".rl"), everywhere(".aq", ".rl")),
		Narrow: noNarrowUpdates(),
	}
	golang.Narrow[Load] = Row{sim.Plain: load, sim.Relaxed: fenced(load), sim.Acquire: fenced(load), sim.SeqCst: fenced(load)}
	golang.Narrow[Store] = Row{sim.Plain: store, sim.Relaxed: fenced(store), sim.Release: fenced(store), sim.SeqCst: fenced(store)}
	return []*Table{
		manual("leading", "fences, a full one before seq_cst loads: table A.6", full+"; "+load+"; "+afterLoad, releaseStore),
		trailing, amo, golang,
	}
}

// The annotations of table A.6: of an AMO, both on the one instruction; of a pair, on its LR and its SC.
var (
	aqrl = map[sim.Ordering][2]string{
		sim.Relaxed: {"", ""}, sim.Acquire: {".aq", ""}, sim.Release: {"", ".rl"}, sim.AcqRel: {".aq", ".rl"}, sim.SeqCst: {".aq", ".rl"},
	}
	reserved = map[sim.Ordering][2]string{
		sim.Relaxed: {"", ""}, sim.Acquire: {".aq", ""}, sim.Release: {"", ".rl"}, sim.AcqRel: {".aq", ".rl"}, sim.SeqCst: {".aq.rl", ".rl"},
	}
)

// everywhere are the same affixes for each ordering.
func everywhere(a, b string) map[sim.Ordering][2]string {
	all := map[sim.Ordering][2]string{}
	for o := range aqrl {
		all[o] = [2]string{a, b}
	}
	return all
}

// riscvRows completes rows by the read-modify-writes.
func riscvRows(rows map[Operation]Row, amo, pair map[sim.Ordering][2]string) map[Operation]Row {
	for op, s := range map[Operation]string{
		Add: "amoadd.{s}{a}{b} {old},{new},({addr})", Sub: "neg {t},{new}; amoadd.{s}{a}{b} {old},{t},({addr})",
		And: "amoand.{s}{a}{b} {old},{new},({addr})", Or: "amoor.{s}{a}{b} {old},{new},({addr})",
		Xor: "amoxor.{s}{a}{b} {old},{new},({addr})", Swap: "amoswap.{s}{a}{b} {old},{new},({addr})",
	} {
		rows[op] = affixed(s, amo)
	}
	rows[CompareAndSwap] = affixed("1: lr.{s}{a} {old},({addr}); bne {old},{expected},2f; "+
		"sc.{s}{b} {status},{desired},({addr}); bnez {status},1b; 2:", pair)
	return rows
}

// noNarrowUpdates says that no read-modify-write is narrower than a word.
func noNarrowUpdates() map[Operation]Row {
	rows := map[Operation]Row{CompareAndSwap: nil}
	for _, op := range updateOperations {
		rows[op] = nil
	}
	return rows
}
