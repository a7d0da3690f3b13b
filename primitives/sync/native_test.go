package sync_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/internal/recorder"
	"github.com/weakmem/litmus/primitives/sync"
)

const (
	goroutines = 4
	rounds     = 200
)

// together runs f in goroutines, and waits for them.
func together(f func(i int)) {
	var wg sync.WaitGroup
	for i := range goroutines {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func TestNativeLocks(t *testing.T) {
	var mu sync.Mutex
	var rw sync.RWMutex
	var a, b atomic.Cell[int]
	together(func(int) {
		for range rounds {
			mu.Lock()
			a.Store(a.Load() + 1)
			mu.Unlock()
			rw.Lock()
			b.Store(b.Load() + 1)
			rw.Unlock()
			rw.RLock()
			b.Load()
			rw.RUnlock()
			rw.RLocker().Lock()
			b.Load()
			rw.RLocker().Unlock()
		}
	})
	require.Equal(t, goroutines*rounds, a.Load())
	require.Equal(t, goroutines*rounds, b.Load())

	require.True(t, mu.TryLock())
	require.False(t, mu.TryLock())
	mu.Unlock()
	require.True(t, rw.TryRLock())
	require.False(t, rw.TryLock())
	rw.RUnlock()
	require.True(t, rw.TryLock())
	require.False(t, rw.TryRLock())
	rw.Unlock()
}

func TestNativeOnce(t *testing.T) {
	var once sync.Once
	var n atomic.Cell[int]
	together(func(int) {
		once.Do(func() { n.Store(n.Load() + 1) })
		require.Equal(t, 1, n.Load())
	})
}

func TestNativeWaitGroupPanics(t *testing.T) {
	var wg sync.WaitGroup
	require.PanicsWithValue(t, "sync: negative WaitGroup counter", wg.Done)
}

func TestNativeCond(t *testing.T) {
	for _, c := range []*sync.Cond{sync.NewCond(new(sync.Mutex)), {L: new(sync.Mutex)}, {L: new(sync.RWMutex)}} {
		turn := 0
		together(func(i int) {
			for range rounds / 10 {
				c.L.Lock()
				for turn%goroutines != i {
					c.Wait()
				}
				turn++
				c.Broadcast()
				c.L.Unlock()
			}
		})
		require.Equal(t, goroutines*(rounds/10), turn)
	}
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	ready := false
	go func() {
		mu.Lock()
		ready = true
		mu.Unlock()
		c.Signal()
	}()
	mu.Lock()
	for !ready {
		c.Wait()
	}
	mu.Unlock()
}

func TestNativeChan(t *testing.T) {
	for capacity := range 3 {
		c := sync.MakeChan[int](capacity)
		var senders sync.WaitGroup
		for i := range goroutines {
			senders.Go(func() {
				for range rounds {
					c.Send(i)
				}
			})
		}
		go func() {
			senders.Wait()
			c.Close()
		}()
		var got [goroutines]atomic.Int32
		together(func(int) {
			for i := range c.All() {
				got[i].Add(1)
			}
		})
		for i := range got {
			require.EqualValues(t, rounds, got[i].Load())
		}
	}
}

func TestNativeSelect(t *testing.T) {
	a, b, stop := sync.MakeChan[int](0), sync.MakeChan[string](1), sync.MakeChan[struct{}](0)
	var producers sync.WaitGroup
	producers.Go(func() {
		for i := range rounds {
			require.Zero(t, sync.Select(a.SendCase(i)))
		}
	})
	producers.Go(func() {
		for range rounds {
			b.Send("b")
		}
	})
	go func() {
		producers.Wait()
		stop.Close()
	}()
	next, others := 0, 0
	for running := true; running || b.Len() > 0; {
		var i int
		var s string
		var ok bool
		switch sync.Select(a.RecvCase(&i, nil), b.RecvCase(&s, &ok), stop.RecvCase(nil, &running)) {
		case 0:
			require.Equal(t, next, i)
			next++
		case 1:
			require.Equal(t, "b", s)
			require.True(t, ok)
			others++
		}
	}
	require.Equal(t, rounds, next)
	require.Equal(t, rounds, others)
}

// Errors and nil go through Select as any other value, though reflection has them be nothing.
func TestNativeSelectOfInterfaces(t *testing.T) {
	c, never := sync.MakeChan[error](0), sync.MakeChan[error](0)
	together(func(i int) {
		if i%2 == 0 {
			sync.Select(never.RecvCase(nil, nil), c.SendCase(nil))
			return
		}
		err := error(exec.ErrNotFound)
		ok := false
		require.Equal(t, 1, sync.Select(never.RecvCase(nil, nil), c.RecvCase(&err, &ok)))
		require.NoError(t, err)
		require.True(t, ok)
	})
}

func TestNativeNilChan(t *testing.T) {
	var c sync.Chan[int]
	require.True(t, c == sync.Chan[int]{})
	require.False(t, c == sync.MakeChan[int](0))
	require.False(t, c.TrySend(1))
	_, _, done := c.TryRecv()
	require.False(t, done)
	require.Equal(t, 1, sync.Select(c.SendCase(1), sync.Default))
	require.Equal(t, 2, sync.Select(c.SendCase(1), c.RecvCase(nil, nil), sync.Default))
	require.Zero(t, c.Len()+c.Cap())
	require.Panics(t, c.Close)
}

// A channel does what Go's does, as long as nothing waits.
func TestChanIsGos(t *testing.T) {
	check := func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			capacity := rapid.IntRange(0, 3).Draw(t, "capacity")
			ours, theirs := sync.MakeChan[int](capacity), make(chan int, capacity)
			other := sync.MakeChan[int](0)
			for range rapid.IntRange(1, 30).Draw(t, "operations") {
				n := rapid.IntRange(1, 100).Draw(t, "n")
				switch rapid.SampledFrom([]string{"send", "receive", "select send", "select receive", "close"}).Draw(t, "operation") {
				case "send":
					require.Equal(t, outcome(func() bool { return goSend(theirs, n) }), outcome(func() bool { return ours.TrySend(n) }))
				case "receive":
					v, ok, done := goReceive(theirs)
					v2, ok2, done2 := ours.TryRecv()
					require.Equal(t, []any{v, ok, done}, []any{v2, ok2, done2})
				case "select send":
					want := outcome(func() bool { return goSend(theirs, n) })
					got := outcome(func() bool { return sync.Select(other.RecvCase(nil, nil), ours.SendCase(n), sync.Default) == 1 })
					require.Equal(t, want, got)
				case "select receive":
					v, ok, done := goReceive(theirs)
					var v2 int
					var ok2 bool
					done2 := sync.Select(sync.Default, ours.RecvCase(&v2, &ok2)) == 1
					require.Equal(t, []any{v, ok, done}, []any{v2, ok2, done2})
				case "close":
					if rapid.IntRange(0, 4).Draw(t, "really") == 0 {
						require.Equal(t, outcome(func() bool { close(theirs); return true }), outcome(func() bool { ours.Close(); return true }))
					}
				}
				require.Equal(t, len(theirs), ours.Len())
				require.Equal(t, cap(theirs), ours.Cap())
			}
		})
	}
	t.Run("native", check)
	t.Run("modelled", func(t *testing.T) {
		recorder.New(t)
		check(t)
	})
}

// outcome is what f returns, or what it panics with.
func outcome(f func() bool) (result any) {
	defer func() {
		if r := recover(); r != nil {
			result = r
		}
	}()
	return f()
}

func goSend(c chan int, n int) bool {
	select {
	case c <- n:
		return true
	default:
		return false
	}
}

func goReceive(c chan int) (v int, ok, done bool) {
	select {
	case v, ok = <-c:
		return v, ok, true
	default:
		return 0, false, false
	}
}

func TestSelectWithTwoDefaults(t *testing.T) {
	require.PanicsWithValue(t, "sync: Select with two Default cases", func() { sync.Select(sync.Default, sync.Default) })
}

func TestNegativeCapacity(t *testing.T) {
	require.Panics(t, func() { sync.MakeChan[int](-1) })
}

// What an operation costs the explorer, in events.
func TestEvents(t *testing.T) {
	th := recorder.New(t)
	var mu sync.Mutex
	var rw sync.RWMutex
	var once sync.Once
	var wg sync.WaitGroup
	c := sync.MakeChan[string](1)
	for _, o := range []struct {
		name   string
		do     func()
		events []string
	}{
		{"lock", mu.Lock, []string{"Update sync.Mutex acquire unlocked to locked"}},
		{"failed try", func() { mu.TryLock() }, []string{"Update sync.Mutex silent keeps locked"}},
		{"unlock", mu.Unlock, []string{"Update sync.Mutex release locked to unlocked"}},
		{"read lock", rw.RLock, []string{"Update sync.RWMutex acquire unlocked to read-locked 1 times"}},
		{"read unlock", rw.RUnlock, []string{"Update sync.RWMutex release read-locked 1 times to unlocked"}},
		{"write lock", rw.Lock, []string{"Update sync.RWMutex acquire unlocked to locked"}},
		{"write unlock", rw.Unlock, []string{"Update sync.RWMutex release locked to unlocked"}},
		{"once", func() { once.Do(func() {}) }, []string{"Update sync.Once silent new to running", "Update sync.Once release running to done"}},
		{"once more", func() { once.Do(nil) }, []string{"Update sync.Once acquire keeps done"}},
		{"add", func() { wg.Add(2) }, []string{"Count sync.WaitGroup 2"}},
		{"done", func() { wg.Done(); wg.Done() }, []string{"Count sync.WaitGroup -1", "Count sync.WaitGroup -1"}},
		{"wait", wg.Wait, []string{"AwaitZero sync.WaitGroup"}},
		{"send", func() { c.Send("a") }, []string{"Update sync.Chan sends silent 0 to 1", "Store sync.Chan element release a"}},
		{"receive", func() { c.Recv() }, []string{
			"Update sync.Chan receives silent 0 to 1", "Update sync.Chan element acquire keeps a", "Store sync.Chan receive release 1"}},
		{"send to room", func() { c.Send("b") }, []string{
			"Update sync.Chan sends silent 1 to 2", "Update sync.Chan receive acquire keeps 1", "Store sync.Chan element release b"}},
		{"close", c.Close, []string{
			"Update sync.Chan sends silent 2 to 2, closed", "Store sync.Chan close release 1", "Store sync.Chan element silent closed"}},
	} {
		th.Take()
		o.do()
		require.Equal(t, o.events, th.Take(), o.name)
	}
}

func TestVetFindsCopies(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go vet")
	}
	out, err := exec.Command("go", "vet", "-copylocks", "./testdata/copies").CombinedOutput()
	require.Error(t, err)
	for _, name := range []string{"Mutex", "RWMutex", "WaitGroup", "Once", "Cond"} {
		require.Contains(t, string(out), "passes lock by value: github.com/weakmem/litmus/primitives/sync."+name)
	}
}
