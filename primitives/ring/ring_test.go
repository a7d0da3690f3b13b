package ring_test

import (
	"os/exec"
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/ring"
)

func TestCapacity(t *testing.T) {
	for _, n := range []int{-1, 0, 3, 6} {
		require.Panics(t, func() { ring.New[int](n) }, n)
	}
	require.PanicsWithValue(t, "ring: capacity 3, expected a power of two", func() { ring.New[int](3) })
	p, c := ring.New[int](8)
	require.Equal(t, 8, p.Cap())
	require.Equal(t, 8, c.Cap())
}

func TestFullAndEmpty(t *testing.T) {
	p, c := ring.New[int](2)
	for round := range 5 {
		_, ok := c.TryPop()
		require.False(t, ok)
		require.False(t, c.Drained())
		require.Empty(t, c.TryReserve(1))
		require.True(t, p.TryPush(round))
		require.True(t, p.TryPush(-round))
		require.False(t, p.TryPush(7))
		require.Empty(t, p.TryReserve(1))
		v, ok := c.Pop()
		require.True(t, ok)
		require.Equal(t, round, v)
		v, ok = c.TryPop()
		require.True(t, ok)
		require.Equal(t, -round, v)
	}
}

func TestClose(t *testing.T) {
	p, c := ring.New[int](2)
	p.Push(1)
	p.Close()
	for name, call := range map[string]func(){
		"Push":       func() { p.Push(2) },
		"TryPush":    func() { p.TryPush(2) },
		"Reserve":    func() { p.Reserve(1) },
		"TryReserve": func() { p.TryReserve(1) },
		"Close":      func() { p.Close() },
	} {
		require.PanicsWithValue(t, "ring: "+name+" on a closed ring", call)
	}
	require.False(t, c.Drained())
	v, ok := c.TryPop()
	require.True(t, ok)
	require.Equal(t, 1, v)
	for range 2 {
		require.True(t, c.Drained())
		_, ok = c.TryPop()
		require.False(t, ok)
		_, ok = c.Pop()
		require.False(t, ok)
		require.Empty(t, c.Reserve(1))
		require.Empty(t, c.TryReserve(1))
	}
}

func TestDrainedIsTold(t *testing.T) {
	p, c := ring.New[int](2)
	p.Close()
	require.True(t, c.Drained(), "without a Pop before")
}

func TestReservations(t *testing.T) {
	p, c := ring.New[int](4)
	slots := p.Reserve(9)
	require.Len(t, slots, 4)
	for i := range slots {
		slots[i].Store(i + 1)
	}
	p.Commit(3)
	require.Len(t, p.Reserve(4), 1)
	p.Commit(0)

	items := c.Reserve(2)
	require.Len(t, items, 2)
	require.Equal(t, 1, items[0].Load())
	items = c.Reserve(9)
	require.Len(t, items, 3, "reserved anew")
	c.Commit(2)
	require.Zero(t, items[0].Load())
	require.Equal(t, 3, items[2].Load())

	slots = p.Reserve(4)
	require.Len(t, slots, 1, "up to the end of the ring")
	require.Zero(t, slots[0].Load(), "a slot that was given back")
	slots[0].Store(4)
	p.Commit(1)
	require.Len(t, p.Reserve(4), 2, "from its beginning")
	p.Commit(0)
	v, _ := c.Pop()
	require.Equal(t, 3, v)
	v, _ = c.Pop()
	require.Equal(t, 4, v)
}

func TestMisuseOfReservations(t *testing.T) {
	p, c := ring.New[int](2)
	require.PanicsWithValue(t, "ring: Commit of 1 slots, expected 0 to 0: those reserved", func() { p.Commit(1) })
	require.PanicsWithValue(t, "ring: Commit of 1 items, expected 0 to 0: those reserved", func() { c.Commit(1) })
	require.PanicsWithValue(t, "ring: Reserve of 0 slots, expected at least 1", func() { p.Reserve(0) })
	require.PanicsWithValue(t, "ring: TryReserve of -1 items, expected at least 1", func() { c.TryReserve(-1) })
	require.Empty(t, c.TryReserve(1))

	p.Reserve(1)
	for name, call := range map[string]func(){
		"Push":    func() { p.Push(2) },
		"TryPush": func() { p.TryPush(2) },
		"Close":   func() { p.Close() },
	} {
		require.PanicsWithValue(t, "ring: "+name+" while 1 slots are reserved, expected Commit first", call)
	}
	p.Commit(1)
	c.Reserve(1)
	require.PanicsWithValue(t, "ring: Pop while 1 items are reserved, expected Commit first", func() { c.Pop() })
	require.PanicsWithValue(t, "ring: TryPop while 1 items are reserved, expected Commit first", func() { c.TryPop() })
	require.Panics(t, func() { c.Commit(-1) })
	c.Commit(1)
	require.Panics(t, func() { c.Commit(1) })
}

// The ring keeps nothing alive that was popped, or reserved and given back: INV-RING-6.
func TestPoppedIsFreed(t *testing.T) {
	p, c := ring.New[*[64]int](4)
	var popped []weak.Pointer[[64]int]
	fresh := func() *[64]int {
		v := new([64]int)
		popped = append(popped, weak.Make(v))
		return v
	}
	p.Push(fresh())
	p.Push(fresh())
	c.Pop()
	c.Reserve(1)
	c.Commit(1)
	p.Reserve(1)[0].Store(fresh())
	p.Commit(0)
	runtime.GC()
	for i, w := range popped {
		require.Nil(t, w.Value(), i)
	}
	runtime.KeepAlive(p)
	runtime.KeepAlive(c)
}

func TestAllocations(t *testing.T) {
	p, c := ring.New[int](4)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		p.Push(1)
		p.TryPush(2)
		c.Pop()
		c.TryPop()
		p.Reserve(2)
		p.Commit(1)
		c.Reserve(2)
		c.Commit(1)
	}))
}

// A side that waits does not allocate either.
func TestAllocationsOfWaiting(t *testing.T) {
	p, c := ring.New[int](1)
	echo, echoed := ring.New[int](1)
	go func() {
		for v := range c.All() {
			echo.Push(v)
		}
	}()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		p.Push(1)
		echoed.Pop()
	}))
	p.Close()
}

// Items come out in order, each once, however the sides move them, on one processor and on two.
func TestTransfer(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2} {
		runtime.GOMAXPROCS(processors)
		for _, capacity := range []int{1, 8, 256} {
			n := 200 * capacity
			p, c := ring.New[int](capacity)
			go produce(p, n)
			next := 0
			expect := func(v int) {
				if v != next {
					t.Fatalf("item %d through a ring of %d slots is %d", next, capacity, v)
				}
				next++
			}
			for v := range c.All() {
				expect(v)
				if next%5 == 0 {
					slots := c.Reserve(7)
					for i := range slots {
						expect(slots[i].Load())
					}
					c.Commit(len(slots))
				}
			}
			require.Equal(t, n, next)
		}
	}
}

func produce(p *ring.Producer[int], n int) {
	defer p.Close()
	for i := 0; i < n; {
		if i%3 != 0 {
			p.Push(i)
			i++
			continue
		}
		slots := p.Reserve(min(5, n-i))
		for s := range slots {
			slots[s].Store(i)
			i++
		}
		p.Commit(len(slots))
	}
}

// go vet finds copies of handles.
func TestCopiesAreFound(t *testing.T) {
	out, err := exec.Command("go", "vet", "-copylocks", "./testdata/copies").CombinedOutput()
	require.Error(t, err)
	for _, name := range []string{"Producer[int]", "Consumer[int]"} {
		require.Contains(t, string(out), "passes lock by value: github.com/weakmem/litmus/primitives/ring."+name)
	}
}
