package mapping

import "github.com/weakmem/litmus/explorer/sim"

// amd64Tables differ in where the fence stands that keeps a sequentially consistent load behind such a store. All else is as
// strong as it needs to be by itself, and locked instructions are full fences (SDM volume 3, 9.2.3.9).
func amd64Tables() []*Table {
	const load, narrowLoad, store = "mov{s} ({addr}),{old}", "movz{s}l ({addr}),{old.r}", "mov{s} {new},({addr})"
	const swapStore = "mov{r} {new.r},{t.r}; xchg{s} {t},({addr})"
	table := func(name, doc, beforeSeqCstLoad, seqCstStore string) *Table {
		rows := amd64Updates("mov{s} ({addr}),{acc}")
		rows[Load] = loads(load, load, beforeSeqCstLoad+load)
		rows[Store] = stores(store, store, seqCstStore)
		rows[Fence] = fences("", "", "", "mfence")
		narrow := amd64Updates("movz{s}l ({addr}),{acc.r}")
		narrow[Load] = loads(narrowLoad, narrowLoad, beforeSeqCstLoad+narrowLoad)
		return &Table{Target: "amd64", Name: name, Doc: doc, Consume: sim.Relaxed, Rows: rows, Narrow: narrow}
	}
	golang := table("go", "Go's compiler: every atomic store XCHG, no fences", "", swapStore)
	golang.Rows[Store] = Row{sim.Plain: store, sim.Relaxed: swapStore, sim.Release: swapStore, sim.SeqCst: swapStore}
	golang.Rows[Fence] = fences("", "", "", "")
	return []*Table{
		table("xchg", "a seq_cst store is XCHG", "", swapStore),
		table("mfence", "a seq_cst store is MOV; MFENCE", "", store+"; mfence"),
		table("leading", "a seq_cst load is MFENCE; MOV", "mfence; ", store),
		golang,
	}
}

// amd64Updates takes the load of the accumulator by which the loops start: those operations that no instruction does with the
// old value as its result.
func amd64Updates(load string) map[Operation]Row {
	rows := map[Operation]Row{
		Add:            anyOrder("mov{r} {new.r},{old.r}; lock xadd{s} {old},({addr})"),
		Sub:            anyOrder("mov{r} {new.r},{old.r}; neg{r} {old.r}; lock xadd{s} {old},({addr})"),
		Swap:           anyOrder("mov{r} {new.r},{old.r}; xchg{s} {old},({addr})"),
		CompareAndSwap: anyOrder("mov{r} {expected.r},{acc.r}; lock cmpxchg{s} {desired},({addr}); mov{r} {acc.r},{old.r}"),
	}
	for op, name := range map[Operation]string{And: "and", Or: "or", Xor: "xor"} {
		rows[op] = anyOrder(load + "; 1: mov{r} {acc.r},{t.r}; " + name + "{r} {new.r},{t.r}; " +
			"lock cmpxchg{s} {t},({addr}); jne 1b; mov{r} {acc.r},{old.r}")
	}
	return rows
}
