package search

import (
	"context"
	"sync"

	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/sim"
)

// move is an operation of a random program of loops that wait, and of locks.
type move struct {
	// 0 store, 1 load, 2 fetch-and-add, 3 wait for a value, 4 a section of a lock, 5 a compare-and-swap that is waited for,
	// 6 wait for another value, 7 a section of two locks, 8 a reader's section, 9 a writer's section, 10 a load in a section, 11 a full fence
	what  int
	loc   int
	n     int
	order int
}

func drawWaits(t *rapid.T) [][]move {
	var p [][]move
	total := 0
	for range rapid.IntRange(2, 3).Draw(t, "threads") {
		var th []move
		for range rapid.IntRange(1, 3).Draw(t, "steps") {
			if total++; total > 7 {
				break
			}
			th = append(th, move{
				rapid.IntRange(0, 11).Draw(t, "what"), rapid.IntRange(0, 1).Draw(t, "location"),
				rapid.IntRange(1, 2).Draw(t, "value"), rapid.IntRange(0, 2).Draw(t, "order"),
			})
		}
		p = append(p, th)
	}
	return p
}

var (
	chainLock = &sim.Kind{Name: "lock", Chain: true}
	plainLock = &sim.Kind{Name: "lock"}
)

func takeLock(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != 0 {
		return old, sim.Block
	}
	return sim.Bits(1), sim.Write
}

func giveLock(sim.Word, sim.Word, sim.Word) (sim.Word, sim.Verdict) { return sim.Bits(0), sim.Write }

// A lock of readers and a writer: the number of readers, or that of a writer.
const byWriter = 100

func takeRead(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits == byWriter {
		return old, sim.Block
	}
	return sim.Bits(old.Bits + 1), sim.Write
}

func giveRead(old, _, _ sim.Word) (sim.Word, sim.Verdict) { return sim.Bits(old.Bits - 1), sim.Write }

func takeWrite(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != 0 {
		return old, sim.Block
	}
	return sim.Bits(byWriter), sim.Write
}

// section runs f between two updates of a variable.
func section(v sim.Var, take, give sim.Update, f func()) {
	sim.Current().Update(v, take, sim.Word{}, sim.Word{}, acq, rlx)
	f()
	sim.Current().Update(v, give, sim.Word{}, sim.Word{}, rel, rlx)
}

// waitBody runs a program; a wait is one of several ways to write the same loop.
func waitBody(p [][]move, lock *sim.Kind, wait func(cond func() bool)) func(sim.Thread) {
	return func(m sim.Thread) {
		var locs [2]atom
		x := &locs
		variable := func() sim.Var { return sim.Var{Addr: unsafe.Pointer(new(atom)), Kind: lock} }
		v, rw := [2]sim.Var{variable(), variable()}, variable()
		for _, th := range p {
			m.Go("", func() {
				for _, s := range th {
					a := &x[s.loc]
					st, ld := [...]sim.Ordering{rlx, rel, sc}[s.order], [...]sim.Ordering{rlx, acq, sc}[s.order]
					switch s.what {
					case 0:
						a.store(s.n, st)
					case 1:
						a.load(ld)
					case 2:
						a.add(s.n, ld)
					case 3:
						wait(func() bool { return a.load(ld) >= s.n })
					case 4:
						section(v[0], takeLock, giveLock, func() { a.store(s.n, rlx) })
					case 5:
						wait(func() bool { return a.cas(s.n-1, s.n, ld, rlx) })
					case 6:
						wait(func() bool { return a.load(ld) != s.n })
					case 7:
						section(v[s.n-1], takeLock, giveLock, func() {
							section(v[2-s.n], takeLock, giveLock, func() { a.store(s.n, rlx) })
						})
					case 8:
						section(rw, takeRead, giveRead, func() { a.load(rlx) })
					case 9:
						section(rw, takeWrite, giveLock, func() { a.store(s.n, rlx) })
					case 11:
						sim.Current().Fence(sc)
					case 10:
						section(v[0], takeLock, giveLock, func() { a.load(ld) })
					}
				}
			})
		}
	}
}

// However a wait is written, and however the search goes about it, the
// executions are the same, each visited once.
func TestWaysToWait(t *testing.T) {
	for _, model := range Models() {
		t.Run(model, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := drawWaits(t)
				all := func(name string, lock *sim.Kind, stepwise bool, wait func(func() bool)) map[uint64]bool {
					seen := map[uint64]bool{}
					var mu sync.Mutex
					cfg := Config{Model: model, KeepGoing: true, Older: true, stepwise: stepwise}
					if name == "workers" {
						cfg.Workers = 3
					}
					cfg.Complete = func(v *View) {
						mu.Lock()
						defer mu.Unlock()
						if seen[v.Hash()] {
							t.Fatalf("%s: an execution was visited twice", name)
						}
						seen[v.Hash()] = true
					}
					r, err := Explore(context.Background(), cfg, waitBody(p, lock, wait))
					require.NoError(t, err)
					if r.Failure != nil {
						require.Contains(t, []FailureKind{Await, Deadlock, Leak}, r.Failure.Kind, r.Failure.Message)
					}
					return seen
				}
				await := func(cond func() bool) { sim.Current().Await(cond) }
				want := all("stepwise", plainLock, true, await)
				require.Equal(t, want, all("awaits", plainLock, false, await))
				require.Equal(t, want, all("locks", chainLock, false, await))
				require.Equal(t, want, all("workers", chainLock, false, await))
				require.Equal(t, want, all("loops", chainLock, false, func(cond func() bool) {
					for !cond() {
						sim.Current().Yield()
					}
				}))
			})
		})
	}
}
