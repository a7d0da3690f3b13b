package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/sequential"
	stack "github.com/weakmem/litmus/primitives/treiber"
)

var treiber = Protocol{
	Name:  "treiber",
	Title: "the Treiber stack",
	Subjects: []Subject{
		subject("collected", sequential.Treiber),
		subject("reclaimed", sequential.TreiberReclaimed),
	},
	Programs: []Program{
		{Name: "push-pop", Doc: "two pushers and two poppers: nothing is lost, nothing comes twice", Body: treiberPushPop},
		{Name: "last-in-first-out", Doc: "what one goroutine pushed comes back in reverse, if it is all there", Body: treiberOrder},
		{Name: "handed-on", Doc: "a popper uncovers a node of another pusher for a third goroutine", Body: treiberHandedOn},
		{Name: "wait", Doc: "poppers wait for what comes later", Body: treiberWait},
		{Name: "reclaimed", Doc: "nodes are freed while another popper may hold them", Body: treiberReclaimed},
		{Name: "reclaimed-push-pop", Doc: "a node is popped, freed and another pushed while a popper looks", Body: treiberReclaimedPushPop},
	},
	Equivalent: map[string]string{
		"Stack.Push/top.Load=stale": "the goroutine last knew top by the compare-and-swap that failed: what that read is as good as another look. " +
			"Before the first one, an older value costs a round",
		"Reclaimed.Push/top.Load=stale": "as for Stack.Push",
	},
	Mistakes: []Mistake{
		{Fails: "popped twice", Program: Program{Name: "aba", Doc: "nodes are used again at once: a pop compares top with a node that left and came back", Body: treiberABA}},
		{Fails: "free", Program: Program{Name: "freed-at-once", Doc: "nodes are freed as soon as they are popped", Body: treiberFreedAtOnce}},
	},
}

// INV-TREIBER-1, INV-TREIBER-2
func treiberPushPop(x *explorer.T) {
	var s stack.Stack[int]
	require.True(x, s.IsEmpty())
	var popped [2]int
	for i := range 2 {
		x.Go("pusher", func() { s.Push(i + 1) })
	}
	for i := range 2 {
		x.Go("popper", func() { popped[i], _ = s.TryPop() })
	}
	x.Join()
	all := popped[:]
	for !s.IsEmpty() {
		v, ok := s.TryPop()
		require.True(x, ok)
		all = append(all, v)
	}
	sum, product := 0, 1
	for _, v := range all {
		if v != 0 {
			sum += v
			product *= v
		}
	}
	require.Equal(x, []int{3, 2}, []int{sum, product}, "popped: %v", all)
}

func treiberOrder(x *explorer.T) {
	var s stack.Stack[int]
	x.Go("pusher", func() {
		s.Push(1)
		s.Push(2)
	})
	x.Go("popper", func() {
		first, ok := s.TryPop()
		second, again := s.TryPop()
		if ok && again && first == 1 {
			require.Equal(x, 2, second)
		}
		if ok && first == 2 {
			require.Equal(x, 1, second)
		}
	})
}

// INV-TREIBER-1, INV-TREIBER-2
func treiberHandedOn(x *explorer.T) {
	var s stack.Stack[int]
	x.Go("pusher of 1", func() { s.Push(1) })
	x.Go("pusher of 2", func() { s.Push(2) })
	x.Go("popper", func() { s.TryPop() })
	for !s.IsEmpty() {
		s.TryPop()
	}
}

func treiberWait(x *explorer.T) {
	var s stack.Stack[int]
	var popped [2]int
	for i := range 2 {
		x.Go("popper", func() { popped[i] = s.Pop() })
	}
	x.Go("pusher", func() {
		s.Push(1)
		s.Push(2)
	})
	x.Join()
	require.ElementsMatch(x, []int{1, 2}, popped)
	require.True(x, s.IsEmpty())
}

// INV-TREIBER-3, INV-TREIBER-4
func treiberReclaimed(x *explorer.T) {
	s := stack.NewReclaimed[int]()
	s.Push(1)
	s.Push(2)
	var popped [2]int
	for i := range 2 {
		p := s.Join()
		x.Go("popper", func() {
			popped[i], _ = p.TryPop()
			p.Leave()
		})
	}
	x.Join()
	require.ElementsMatch(x, []int{1, 2}, popped)
	require.True(x, s.IsEmpty())
	s.Free()
}

// INV-TREIBER-3, INV-TREIBER-4
func treiberReclaimedPushPop(x *explorer.T) {
	s := stack.NewReclaimed[int]()
	s.Push(1)
	a, b := s.Join(), s.Join()
	x.Go("popper", func() {
		v, ok := a.TryPop()
		require.Equal(x, v != 0, ok)
		a.Leave()
	})
	x.Go("pusher", func() {
		b.TryPop()
		s.Push(2)
		b.Leave()
	})
	x.Join()
	s.Free()
}

// A treiberNode is a node of a stack whose nodes are used again.
type treiberNode struct{ next atomic.Pointer[treiberNode] }

// treiberABA pops the top while another pops two and pushes the first again: INV-TREIBER-3 does not hold.
func treiberABA(x *explorer.T) {
	var top atomic.Pointer[treiberNode]
	push := func(n *treiberNode) {
		for {
			old := top.Load(atomic.Relaxed)
			n.next.Store(old, atomic.Relaxed)
			if top.CompareAndSwap(old, n, atomic.Release, atomic.Relaxed) {
				return
			}
		}
	}
	pop := func() *treiberNode {
		for {
			n := top.Load(atomic.Acquire)
			if n == nil || top.CompareAndSwap(n, n.next.Load(atomic.Relaxed), atomic.AcqRel, atomic.Relaxed) {
				return n
			}
		}
	}
	first, second := &treiberNode{}, &treiberNode{}
	push(second)
	push(first)
	taken := map[*treiberNode]int{}
	x.Go("popper", func() { pop() })
	x.Go("user", func() {
		n := pop()
		taken[pop()]++ // this goroutine keeps the second node it popped
		push(n)
	})
	x.Join()
	for n := pop(); n != nil; n = pop() {
		if taken[n] > 0 {
			x.Fatalf("popped twice")
		}
	}
}

// A treiberBlock is a node of a stack whose nodes are freed.
type treiberBlock struct{ next mem.Handle[treiberBlock] }

// treiberFreedAtOnce is a stack whose poppers free what they popped.
func treiberFreedAtOnce(x *explorer.T) {
	var top mem.Atomic[treiberBlock]
	top.Store(mem.New(treiberBlock{}), atomic.Relaxed)
	for range 2 {
		x.Go("popper", func() {
			h := top.Load(atomic.Acquire)
			if !h.IsNil() && top.CompareAndSwap(h, h.Load().next, atomic.Relaxed, atomic.Relaxed) {
				h.Free()
			}
		})
	}
}
