package sequencer_test

import (
	"os/exec"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/sequencer"
	"github.com/weakmem/litmus/primitives/wait"
)

// kinds are the ways in which a sequencer works; those that are named many take several producers.
var kinds = []struct {
	name    string
	many    bool
	options []sequencer.Option
}{
	{"single", false, nil},
	{"single-blocking", false, []sequencer.Option{sequencer.Blocking()}},
	{"multi", true, []sequencer.Option{sequencer.MultiProducer()}},
	{"multi-yield", true, []sequencer.Option{sequencer.MultiProducer(), sequencer.WaitBy(wait.Yield)}},
	{"multi-blocking", true, []sequencer.Option{sequencer.MultiProducer(), sequencer.Blocking()}},
	{"locked", true, []sequencer.Option{sequencer.Locked()}},
}

func forKinds(t *testing.T, test func(t *testing.T, many bool, options ...sequencer.Option)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) { test(t, k.many, k.options...) })
	}
}

func TestSetUp(t *testing.T) {
	for _, n := range []int{-1, 0, 3, 6} {
		require.Panics(t, func() { sequencer.New[int](n) }, n)
	}
	require.PanicsWithValue(t, "sequencer: capacity 3, expected a power of two", func() { sequencer.New[int](3) })
	forKinds(t, func(t *testing.T, many bool, options ...sequencer.Option) {
		s := sequencer.New[int](8, options...)
		require.Equal(t, 8, s.Cap())
		require.PanicsWithValue(t, "sequencer: a producer, but no consumer", func() { s.Producer() })
		c := s.Consumer()
		require.PanicsWithValue(t, "sequencer: a consumer reads, but there is no producer", func() { c.TryNext() })
		other := sequencer.New[int](8, options...)
		require.PanicsWithValue(t, "sequencer: a consumer after one of another sequencer", func() { other.Consumer(c) })
		p := s.Producer()
		require.PanicsWithValue(t, "sequencer: a consumer was made after a producer, expected before", func() { s.Consumer() })
		if many {
			s.Producer().Close()
			p.Close()
			require.PanicsWithValue(t, "sequencer: a producer of a closed sequencer", func() { s.Producer() })
		} else {
			require.PanicsWithValue(t, "sequencer: a second producer, expected the option MultiProducer", func() { s.Producer() })
		}
	})
}

func TestFullAndEmpty(t *testing.T) {
	forKinds(t, func(t *testing.T, _ bool, options ...sequencer.Option) {
		s := sequencer.New[int](2, options...)
		a, b := s.Consumer(), s.Consumer()
		p := s.Producer()
		for round := range 5 {
			for _, c := range []*sequencer.Consumer[int]{a, b} {
				_, ok := c.TryNext()
				require.False(t, ok)
			}
			require.True(t, p.TrySend(round))
			_, ok := p.TryClaim(2)
			require.False(t, ok, "room for one")
			require.True(t, p.TrySend(-round))
			require.False(t, p.TrySend(7))
			require.Equal(t, round, next(t, a))
			a.Release()
			require.False(t, p.TrySend(7), "the other consumer has not read")
			require.Equal(t, round, next(t, b))
			require.Equal(t, -round, next(t, b))
			require.Equal(t, -round, next(t, a))
		}
	})
}

func next(t *testing.T, c *sequencer.Consumer[int]) int {
	slot, ok := c.Next()
	require.True(t, ok)
	return slot.Load()
}

func TestClaims(t *testing.T) {
	forKinds(t, func(t *testing.T, _ bool, options ...sequencer.Option) {
		s := sequencer.New[int](4, options...)
		c := s.Consumer()
		p := s.Producer()
		require.PanicsWithValue(t, "sequencer: Claim of 0 slots, expected 1 to 4", func() { p.Claim(0) })
		require.PanicsWithValue(t, "sequencer: TryClaim of 5 slots, expected 1 to 4", func() { p.TryClaim(5) })
		require.PanicsWithValue(t, "sequencer: Publish of no claim", func() { sequencer.Claim[int]{}.Publish() })

		first := p.Claim(3)
		require.Equal(t, 3, first.Len())
		require.PanicsWithValue(t, "sequencer: slot 3 of a claim of 3", func() { first.Slot(3) })
		for name, call := range map[string]func(){
			"Claim":    func() { p.Claim(1) },
			"TryClaim": func() { p.TryClaim(1) },
			"Close":    func() { p.Close() },
		} {
			require.PanicsWithValue(t, "sequencer: "+name+", but the claim of 3 from number 0 on was neither published nor abandoned", call)
		}
		_, ok := c.TryNext()
		require.False(t, ok, "it is not published")
		first.Abandon()
		_, ok = c.TryNext()
		require.False(t, ok, "it was abandoned")

		second := p.Claim(4)
		for i := range 4 {
			second.Slot(i).Store(i)
		}
		for name, call := range map[string]func(){
			"Publish": first.Publish,
			"Abandon": first.Abandon,
			"Slot":    func() { first.Slot(0) },
		} {
			require.PanicsWithValue(t, "sequencer: "+name+" of the claim of 3 from number 0 on, which is finished", call)
		}
		second.Publish()
		require.Panics(t, second.Publish)
		require.Panics(t, second.Abandon)
		for i := range 4 {
			require.Equal(t, i, next(t, c))
		}
		c.Release() // room for the end
		p.Close()
		_, ok = c.Next()
		require.False(t, ok)
		require.True(t, c.Drained())
		require.PanicsWithValue(t, "sequencer: Claim on a closed producer", func() { p.Claim(1) })
		require.Panics(t, p.Close)
	})
}

// Nobody is told of the end before all producers have closed.
func TestClose(t *testing.T) {
	forKinds(t, func(t *testing.T, many bool, options ...sequencer.Option) {
		if !many {
			t.Skip("a single producer")
		}
		s := sequencer.New[int](2, options...)
		a := s.Consumer()
		b := s.Consumer(a)
		p, q := s.Producer(), s.Producer()
		p.Close()
		_, ok := a.TryNext()
		require.False(t, ok)
		require.False(t, a.Drained())
		q.Send(1)
		q.Close()
		require.Equal(t, 1, next(t, a))
		_, ok = b.TryNext()
		require.False(t, ok, "the first has not released it")
		for range 2 {
			_, ok = a.Next()
			require.False(t, ok)
		}
		require.Equal(t, 1, next(t, b))
		_, ok = b.TryNext()
		require.False(t, ok)
		require.True(t, b.Drained())
	})
}

func TestAllocations(t *testing.T) {
	forKinds(t, func(t *testing.T, _ bool, options ...sequencer.Option) {
		s := sequencer.New[int](4, options...)
		a := s.Consumer()
		b := s.Consumer(a)
		p := s.Producer()
		require.Zero(t, testing.AllocsPerRun(100, func() {
			p.Send(1)
			claim := p.Claim(2)
			claim.Slot(0).Store(2)
			claim.Publish()
			claim, _ = p.TryClaim(1)
			claim.Abandon()
			for range 3 {
				a.Next()
			}
			a.TryNext()
			for range 3 {
				b.Next()
			}
			b.TryNext()
		}))
	})
}

// All consumers read what all producers sent, in one order, which is that of each producer.
func TestTransfer(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2} {
		runtime.GOMAXPROCS(processors)
		forKinds(t, func(t *testing.T, many bool, options ...sequencer.Option) {
			for _, capacity := range []int{2, 64} {
				n := 50 * capacity
				s := sequencer.New[int](capacity, options...)
				a := s.Consumer()
				consumers := []*sequencer.Consumer[int]{a, s.Consumer(), s.Consumer(a)}
				producers := []*sequencer.Producer[int]{s.Producer()}
				if many {
					producers = append(producers, s.Producer())
				}
				var tasks sync.WaitGroup
				for i, p := range producers {
					tasks.Go(func() { produce(p, i, len(producers), n) })
				}
				read := make([][]int, len(consumers))
				for i, c := range consumers {
					tasks.Go(func() { read[i] = slices.Collect(c.All()) })
				}
				tasks.Wait()
				require.Equal(t, read[0], read[1])
				require.Equal(t, read[0], read[2])
				for i := range producers {
					want := i
					for _, v := range read[0] {
						if v%len(producers) == i {
							require.Equal(t, want, v)
							want += len(producers)
						}
					}
					require.Equal(t, i+n*len(producers), want)
				}
			}
		})
	}
}

// produce sends n numbers, from first on, in claims of one and two, with abandoned ones between.
func produce(p *sequencer.Producer[int], first, step, n int) {
	defer p.Close()
	for i := 0; i < n; {
		if i%7 == 0 {
			claim := p.Claim(1)
			claim.Slot(0).Store(-1)
			claim.Abandon()
		}
		claim := p.Claim(min(1+i%2, n-i))
		for s := range claim.Len() {
			claim.Slot(s).Store(first + i*step)
			i++
		}
		claim.Publish()
	}
}

// go vet finds copies of handles.
func TestCopiesAreFound(t *testing.T) {
	out, err := exec.Command("go", "vet", "-copylocks", "./testdata/copies").CombinedOutput()
	require.Error(t, err)
	for _, name := range []string{"Producer[int]", "Consumer[int]"} {
		require.Contains(t, string(out), "passes lock by value: github.com/weakmem/litmus/primitives/sequencer."+name)
	}
}
