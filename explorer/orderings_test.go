package explorer_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/trace"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
)

// operation is an atomic operation of a protocol, with the ordering that it has there.
type operation struct {
	name  string
	order atomic.Ordering
}

// weaker are the orderings one step below that of an operation.
func (o operation) weaker() []atomic.Ordering {
	switch o.order {
	case acq, rel:
		return []atomic.Ordering{rlx}
	case acqRel:
		return []atomic.Ordering{acq, rel}
	}
	return nil
}

// ordered is a protocol of which each ordering can be chosen.
type ordered struct {
	name       string
	operations []operation
	program    func(o []atomic.Ordering) body
	// weakened is what each weakening leads to; verified: the ordering is stronger than needed.
	weakened map[string]trace.FailureKind
}

const verified trace.FailureKind = ""

func protocols() []ordered {
	return []ordered{
		{
			"message passing",
			[]operation{{"flag.Store", rel}, {"flag.Load", acq}},
			func(o []atomic.Ordering) body { return messagePassingPlain(o[0], o[1]) },
			map[string]trace.FailureKind{
				"flag.Store release→relaxed": trace.Race,
				"flag.Load acquire→relaxed":  trace.Race,
			},
		},
		{
			"spinlock",
			[]operation{{"lock", acq}, {"unlock", rel}, {"lock that fails", acq}},
			func(o []atomic.Ordering) body {
				return func(x *explorer.T) {
					var held atomic.Bool
					var entered atomic.Cell[int]
					together(x, 3, func(int) {
						for !held.CompareAndSwap(false, true, o[0], o[2]) {
							explorer.Yield()
						}
						entered.Store(entered.Load() + 1)
						held.Store(false, o[1])
					})
				}
			},
			map[string]trace.FailureKind{
				"lock acquire→relaxed":            trace.Race,
				"unlock release→relaxed":          trace.Race,
				"lock that fails acquire→relaxed": verified, // it tries again
			},
		},
		{
			"ticket lock",
			[]operation{{"next.Add", acqRel}, {"owner.Load", acq}, {"owner.Store", rel}},
			func(o []atomic.Ordering) body {
				return func(x *explorer.T) {
					var next, owner atomic.Int32
					var entered atomic.Cell[int]
					together(x, 3, func(int) {
						mine := next.Add(1, o[0]) - 1
						x.Await(func() bool { return owner.Load(o[1]) == mine })
						entered.Store(entered.Load() + 1)
						owner.Store(mine+1, o[2])
					})
				}
			},
			map[string]trace.FailureKind{
				"next.Add acq_rel→acquire":    verified, // owner hands the section on
				"next.Add acq_rel→release":    verified,
				"owner.Load acquire→relaxed":  trace.Race,
				"owner.Store release→relaxed": trace.Race,
			},
		},
		{
			"ring",
			[]operation{{"producer's head.Load", acq}, {"tail.Store", rel}, {"tail.Load", acq}, {"head.Store", rel}},
			func(o []atomic.Ordering) body {
				return func(x *explorer.T) {
					const items = 4
					var head, tail atomic.Int32
					var slots [2]atomic.Cell[int]
					x.Go("producer", func() {
						for i := range items {
							x.Await(func() bool { return i-int(head.Load(o[0])) < len(slots) })
							slots[i%len(slots)].Store(i + 1)
							tail.Store(int32(i+1), o[1])
						}
					})
					x.Go("consumer", func() {
						for i := range items {
							x.Await(func() bool { return int(tail.Load(o[2])) > i })
							require.Equal(x, i+1, slots[i%len(slots)].Load())
							head.Store(int32(i+1), o[3])
						}
					})
					x.Join()
				}
			},
			map[string]trace.FailureKind{
				"producer's head.Load acquire→relaxed": trace.Race,
				"tail.Store release→relaxed":           trace.Race,
				"tail.Load acquire→relaxed":            trace.Race,
				"head.Store release→relaxed":           trace.Race,
			},
		},
		{
			// Any number push; one pops, and frees what it popped.
			"Treiber stack",
			[]operation{{"push's Load", acq}, {"push's CompareAndSwap", acqRel}, {"pop's Load", acq}, {"pop's CompareAndSwap", acqRel}},
			func(o []atomic.Ordering) body {
				type node struct {
					next  mem.Handle[node]
					value int
				}
				return func(x *explorer.T) {
					var top mem.Atomic[node]
					push := func(value int) {
						n := mem.Alloc[node]()
						x.Await(func() bool {
							old := top.Load(o[0])
							n.Store(node{old, value})
							return top.CompareAndSwap(old, n, o[1], rlx)
						})
					}
					pop := func() (value int) {
						x.Await(func() bool {
							old := top.Load(o[2])
							if old.IsNil() {
								return true
							}
							n := old.Load()
							if !top.CompareAndSwap(old, n.next, o[3], rlx) {
								return false
							}
							value = n.value
							old.Free()
							return true
						})
						return value
					}
					sum := 0
					x.Go("pusher 1", func() { push(1) })
					x.Go("pusher 2", func() { push(2) })
					x.Go("popper", func() { sum += pop() + pop() })
					x.Join()
					sum += pop() + pop()
					require.Equal(x, 3, sum)
				}
			},
			map[string]trace.FailureKind{
				"push's Load acquire→relaxed":           verified, // the node that it finds is not looked into
				"push's CompareAndSwap acq_rel→acquire": trace.Race,
				"push's CompareAndSwap acq_rel→release": verified,
				"pop's Load acquire→relaxed":            trace.Race,
				"pop's CompareAndSwap acq_rel→acquire":  verified, // an update continues the release sequence of the push
				"pop's CompareAndSwap acq_rel→release":  verified, // the load has acquired already
			},
		},
	}
}

// Each ordering of a protocol, weakened by one step, leads to a failure, or is
// proven to have been stronger than needed.
func TestOrderings(t *testing.T) {
	for _, p := range protocols() {
		t.Run(p.name, func(t *testing.T) {
			var orders []atomic.Ordering
			for _, o := range p.operations {
				orders = append(orders, o.order)
			}
			requireVerified(t, explored(t, p.program(orders)))
			var tried []string
			for i, o := range p.operations {
				for _, weaker := range o.weaker() {
					name := fmt.Sprintf("%s %v→%v", o.name, o.order, weaker)
					tried = append(tried, name)
					t.Run(name, func(t *testing.T) {
						changed := slices.Clone(orders)
						changed[i] = weaker
						r := explored(t, p.program(changed))
						if kind := p.weakened[name]; kind != verified {
							requireFailure(t, r, kind)
						} else {
							requireVerified(t, r)
						}
					})
				}
			}
			require.ElementsMatch(t, slices.Collect(maps.Keys(p.weakened)), tried)
		})
	}
}
