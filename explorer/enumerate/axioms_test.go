package enumerate

import "strings"

// The memory models once more, as predicates on graphs, written from the papers
// and manuals in their own terms and not from the cat files: SC, TSO and PSO as
// a total memory order, RVWMO as its global memory order, release-acquire with
// fences as updates of one location, RC11 and Armv8 as in the papers.

// memoryOrder reports whether there is a total order M of all memory events
// that contains ppo and co such that each read returns the last in M of the
// writes to its location that are before it in M or in program order
// (the Value axiom of the SPARC manuals, and RISC-V's load value axiom).
//
// For a read r of w, that says: w is before r in M or in po, and a write that is
// co-after w comes after r in M and not before it in po. So M exists if and only
// if these requirements have no cycle.
func (g *graph) memoryOrder(ppo rel) bool {
	visible := g.rf.where(func(w, r int) bool { return !g.po.has(w, r) })
	return seq(g.fr, g.po).irreflexive() && union(ppo, g.co, g.fr, visible).acyclic()
}

// pairsAreAtomic: no other thread writes between the read and the write of a pair.
func (g *graph) pairsAreAtomic() bool {
	return !g.rmw.intersects(seq(g.external(g.fr), g.external(g.co)))
}

// within relates what an instruction reads to what it writes.
func (g *graph) within() rel {
	return seq(g.reads(), g.sameInstruction(), g.writes()).where(func(a, b int) bool { return a != b })
}

// program is program order with the order inside instructions.
func (g *graph) program() rel { return union(g.po, g.within()) }

func (g *graph) accesses() rel {
	return g.only(func(n *node) bool { return !n.fence() && n.thread >= 0 })
}
func (g *graph) reads() rel  { return g.only((*node).reads) }
func (g *graph) writes() rel { return g.only((*node).writes) }

// locked are the events of atomic pairs, and those of atomic instructions that
// in the end do not write.
func (g *graph) locked() rel {
	out := g.only(func(n *node) bool { return n.reads() && n.writes() || n.tags["X"] && !n.tags["EX"] })
	g.rmw.each(func(r, w int) {
		out.add(r, r)
		out.add(w, w)
	})
	return out
}

func isSC(g *graph) bool {
	m := g.accesses()
	return g.memoryOrder(seq(m, g.program(), m)) && g.pairsAreAtomic()
}

// drains is what no store may be delayed past, in any dialect: full fences
// between, locked instructions, and a store with a load that are both
// sequentially consistent (C) or release and acquire in Arm's sense.
func (g *graph) drains() rel {
	full := g.tagged("MFENCE", "DMB.SY", "Fence.rw.rw", "Fence.w.r", "Fence.w.rw", "Fence.rw.r")
	if g.arch == "C" {
		full = seq(g.tagged("SC"), g.only((*node).fence))
	}
	po := g.program()
	strongWrite, strongRead := g.tagged("SC"), g.tagged("SC")
	if g.arch == "AArch64" {
		strongWrite, strongRead = g.tagged("L"), g.tagged("A")
	}
	return union(
		seq(po, full, po),
		seq(g.locked(), po), seq(po, g.locked()),
		seq(strongWrite, g.writes(), po, g.reads(), strongRead),
	)
}

func isTSO(g *graph) bool {
	m := g.accesses()
	ppo := union(seq(g.reads(), g.program(), m), seq(g.writes(), g.program(), g.writes()), seq(m, g.drains(), m))
	return g.memoryOrder(ppo) && g.pairsAreAtomic()
}

func isPSO(g *graph) bool {
	m, po, w := g.accesses(), g.program(), g.writes()
	barrier := g.tagged("SFENCE", "DMB.ST", "Fence.w.w", "Fence.rw.w", "Fence.w.rw", "Fence.tso", "MFENCE", "DMB.SY", "Fence.rw.rw")
	if g.arch == "C" {
		barrier = seq(g.only((*node).fence), g.tagged("REL", "ACQ_REL", "SC"))
	}
	release := g.tagged("L", "SC", "REL", "ACQ_REL", "Rel", "AcqRel")
	ppo := union(seq(g.reads(), po, m),
		seq(w, g.sameCell(po), w), seq(w, po, barrier, po, w), seq(w, po, release, w),
		seq(m, g.drains(), m))
	return g.memoryOrder(ppo) && g.pairsAreAtomic()
}

// isRA is Lahav, Giannarakis and Vafeiadis, POPL 2016, where a full fence is an
// update of a location of its own: an order of all fences that joins hb.
func isRA(g *graph) bool {
	full := g.tagged("MFENCE", "DMB.SY", "Fence.rw.rw")
	if g.arch == "C" {
		full = seq(g.tagged("SC"), g.only((*node).fence))
	}
	var fences []int
	full.each(func(f, _ int) { fences = append(fences, f) })
	// Between a load-exclusive and its store-exclusive their own thread may write.
	if g.arch == "C" && !g.updatesAreAdjacent() || !g.pairsAreAtomic() || !seq(g.fr, g.co).irreflexive() {
		return false
	}
	consistent := false
	permutations(fences, func(order []int) {
		if consistent {
			return
		}
		hb := union(g.program(), g.rf, g.initialisation())
		for i := 1; i < len(order); i++ {
			hb.add(order[i-1], order[i])
		}
		hb = hb.plus()
		// hb is an order, mo agrees with it, and no read's write is overwritten in its past.
		consistent = hb.irreflexive() && seq(hb, g.co).irreflexive() && seq(hb, g.fr).irreflexive()
	})
	return consistent
}

// initialisation comes before the threads.
func (g *graph) initialisation() rel {
	out := g.none()
	for i := range g.nodes {
		for j := range g.nodes {
			if g.nodes[i].thread < 0 && g.nodes[j].thread >= 0 {
				out.add(i, j)
			}
		}
	}
	return out
}

// updatesAreAdjacent: the read of a pair reads what its write immediately follows in co.
func (g *graph) updatesAreAdjacent() bool {
	return !g.rmw.intersects(seq(g.fr, g.co))
}

// isRC11 is Lahav, Vafeiadis, Kang, Hur and Dreyer, PLDI 2017, definitions of sections 3.1 to 3.4.
func isRC11(g *graph) bool {
	atLeastRelaxed := g.tagged("RLX", "REL", "ACQ", "ACQ_REL", "SC")
	atLeastRelease := g.tagged("REL", "ACQ_REL", "SC")
	atLeastAcquire := g.tagged("ACQ", "ACQ_REL", "SC")
	sc, fence := g.tagged("SC"), g.only((*node).fence)
	scFence := seq(sc, fence)
	maybe := func(r rel) rel { return union(g.all(), r) }

	rb := g.fr
	eco := union(g.rf, seq(g.co, maybe(g.rf)), seq(rb, maybe(g.rf)))
	// The release part of a read-modify-write is its write's, the acquire part its read's.
	rs := seq(g.writes(), maybe(g.sameCell(g.po)), g.writes(), atLeastRelaxed, maybe(seq(g.rf, g.rmw).plus()))
	sw := seq(atLeastRelease, union(g.writes(), fence), maybe(seq(fence, g.po)), rs, g.rf, g.reads(), atLeastRelaxed,
		maybe(seq(g.po, fence)), union(g.reads(), fence), atLeastAcquire)
	hb := union(g.po, g.initialisation(), sw).plus()
	differ := g.po.where(func(a, b int) bool {
		return g.nodes[a].cell < 0 || g.nodes[b].cell < 0 || g.nodes[a].cell != g.nodes[b].cell
	})
	scb := union(g.po, seq(differ, hb, differ), g.sameCell(hb), g.co, rb)
	psc := union(
		seq(union(sc, seq(scFence, maybe(hb))), scb, union(sc, seq(maybe(hb), scFence))),
		seq(scFence, union(hb, seq(hb, eco, hb)), scFence))
	return seq(hb, maybe(eco)).irreflexive() &&
		g.updatesAreAdjacent() &&
		psc.acyclic() &&
		union(g.po, g.rf).acyclic()
}

// isArmv8 is Pulte, Flur, Deacon, French, Sarkar and Sewell, POPL 2018, figure 4, with what the Arm
// Architecture Reference Manual has added since: an atomic instruction with both annotations as a barrier,
// LDAPR, the instructions that do not return what they read, and pick dependencies.
func isArmv8(g *graph) bool {
	r, w, m := g.reads(), g.writes(), g.accesses()
	po, isb := g.po, g.tagged("ISB")
	rfi, coi := g.internal(g.rf), g.internal(g.co)
	acquire := g.tagged("A", "Q")
	a, l := g.tagged("A"), seq(w, g.tagged("L"))
	obs := g.external(union(g.rf, g.co, g.fr))

	addr, data, ctrl := seq(r, g.addr), seq(r, g.data), seq(r, g.ctrl)
	dob := union(addr, data, seq(ctrl, w),
		seq(union(ctrl, seq(addr, po)), isb, po, r),
		seq(addr, po, w),
		seq(union(ctrl, data), coi),
		seq(union(addr, data), rfi))
	aob := union(g.rmw, seq(g.rmw, rfi, acquire))
	returning := g.only(func(n *node) bool { return n.reads() && !n.tags["NoRet"] })
	bob := union(
		seq(m, po, g.tagged("DMB.SY"), po, m),
		seq(returning, po, g.tagged("DMB.LD"), po, m),
		seq(w, po, g.tagged("DMB.ST"), po, w),
		seq(l, po, a),
		seq(acquire, po, m),
		seq(m, po, l), seq(m, po, l, coi))
	seq(a, g.amo, l).each(func(_, w int) { bob = union(bob, seq(g.one(w), po, m)) })
	// Picks, also on through writes that the same thread reads back.
	back := union(g.all(), seq(r, g.pickBasic, w, rfi).plus())
	pickCtrl, pickAddr := seq(back, r, g.pickCtrl), seq(back, r, g.pickAddr)
	pick := union(seq(back, r, union(g.pickBasic, g.pickData)), pickCtrl, pickAddr).
		where(func(x, y int) bool {
			return g.nodes[x].thread != g.nodes[y].thread || g.nodes[x].index != g.nodes[y].index
		})
	pob := union(seq(pick, w), seq(union(pickCtrl, seq(pickAddr, po)), isb, po, m), seq(pickAddr, po, w))

	// A write to a location follows what its thread did there before; the read of a read-modify-write need not.
	local := seq(po.where(func(x, y int) bool { return g.nodes[x].cell == g.nodes[y].cell }), w)
	lob := union(dob, aob, bob, pob, seq(m, local)).plus()
	ob := union(obs, lob, seq(back, r, g.pickBasic, lob, w))
	return union(g.sameCell(po), g.co, g.rf, g.fr).acyclic() && ob.acyclic() && g.pairsAreAtomic()
}

// one is the identity on one event.
func (g *graph) one(event int) rel {
	out := g.none()
	out.add(event, event)
	return out
}

// sameInstruction relates each event to itself and the others of its instruction.
func (g *graph) sameInstruction() rel {
	out := g.none()
	for i := range g.nodes {
		for j := range g.nodes {
			if i == j || g.nodes[i].thread >= 0 && g.nodes[i].thread == g.nodes[j].thread && g.nodes[i].index == g.nodes[j].index {
				out.add(i, j)
			}
		}
	}
	return out
}

// isRVWMO is the RISC-V Instruction Set Manual, volume I, "RVWMO Memory Consistency Model": the thirteen rules,
// and the axioms over a global memory order.
func isRVWMO(g *graph) bool {
	r, w, m, po := g.reads(), g.writes(), g.accesses(), g.po
	local := g.sameCell(po)
	rfi := g.internal(g.rf)
	acquire, release := g.tagged("Acq", "AcqRel"), g.tagged("Rel", "AcqRel")
	rcsc := seq(union(acquire, release), g.tagged("X", "EX"))

	ppo := seq(m, local, w)                // 1
	seq(r, local, r).each(func(x, y int) { // 2
		between, same := false, false
		for i := range g.nodes {
			between = between || g.nodes[i].writes() && local.has(x, i) && local.has(i, y)
			same = same || g.rf.has(i, x) && g.rf.has(i, y)
		}
		if !between && !same {
			ppo.add(x, y)
		}
	})
	generated := seq(w, g.tagged("X", "EX"))
	kinds := map[rune]rel{'r': r, 'w': w}
	for i := range g.nodes { // 4
		at := g.one(i)
		for name, on := range g.nodes[i].tags {
			sets := strings.Split(name, ".")
			switch {
			case !on || sets[0] != "Fence":
			case name == "Fence.tso":
				ppo = union(ppo, seq(r, po, at, po, m), seq(w, po, at, po, w))
			case len(sets) == 3:
				for _, before := range sets[1] {
					for _, after := range sets[2] {
						ppo = union(ppo, seq(kinds[before], po, at, po, kinds[after]))
					}
				}
			}
		}
	}
	ppo = union(ppo,
		seq(generated, rfi),                   // 3
		seq(acquire, po, m),                   // 5
		seq(m, po, release),                   // 6
		seq(rcsc, po, rcsc),                   // 7
		g.rmw,                                 // 8
		seq(m, g.addr, m),                     // 9
		seq(m, g.data, w),                     // 10
		seq(m, g.ctrl, w),                     // 11
		seq(m, union(g.addr, g.data), w, rfi), // 12
		seq(m, g.addr, m, po, w),              // 13
	)
	return g.memoryOrder(ppo) && g.pairsAreAtomic()
}
