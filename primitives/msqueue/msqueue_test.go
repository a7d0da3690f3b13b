package msqueue_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/msqueue"
)

func TestEmpty(t *testing.T) {
	q := msqueue.New[int]()
	require.True(t, q.IsEmpty())
	v, ok := q.Dequeue()
	require.False(t, ok)
	require.Zero(t, v)

	q.Enqueue(0) // the zero value is a value
	require.False(t, q.IsEmpty())
	v, ok = q.Dequeue()
	require.True(t, ok)
	require.Zero(t, v)
	require.True(t, q.IsEmpty())
}

func TestOrder(t *testing.T) {
	q := msqueue.New[int]()
	next := 0
	for n := range 100 {
		q.Enqueue(n)
		if n%3 == 0 { // the queue grows, and is not empty in between
			v, ok := q.Dequeue()
			require.True(t, ok)
			require.Equal(t, next, v)
			next++
		}
	}
	for ; next < 100; next++ {
		v, ok := q.Dequeue()
		require.True(t, ok)
		require.Equal(t, next, v)
	}
	require.True(t, q.IsEmpty())
}

// INV-MSQUEUE-2, INV-MSQUEUE-5
func TestNatively(t *testing.T) {
	const producers, consumers = 3, 3
	each := 20_000
	if testing.Short() {
		each = 2_000
	}
	for _, processors := range []int{1, 2} {
		t.Run(map[int]string{1: "one processor", 2: "two processors"}[processors], func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			type item struct{ producer, number int }
			q := msqueue.New[item]()
			var wg sync.WaitGroup
			for p := range producers {
				wg.Go(func() {
					for n := range each {
						q.Enqueue(item{p, n})
					}
				})
			}
			var taken atomic.Int64
			seen := make([][producers][]int, consumers)
			for c := range consumers {
				wg.Go(func() {
					for taken.Load() < producers*int64(each) {
						i, ok := q.Dequeue()
						if !ok {
							runtime.Gosched()
							continue
						}
						taken.Add(1)
						seen[c][i.producer] = append(seen[c][i.producer], i.number)
					}
				})
			}
			wg.Wait()
			for p := range producers {
				var all [][]int
				for c := range consumers {
					all = append(all, seen[c][p])
				}
				requireOnce(t, each, all)
			}
			require.True(t, q.IsEmpty())
		})
	}
}

// requireOnce checks that the lists, each of which must ascend, have every number below n once.
func requireOnce(t *testing.T, n int, lists [][]int) {
	t.Helper()
	seen := make([]bool, n)
	total := 0
	for _, list := range lists {
		for i, v := range list {
			if i > 0 && list[i-1] >= v {
				t.Fatalf("one consumer has %d after %d", v, list[i-1])
			}
			if seen[v] {
				t.Fatalf("%d came out twice", v)
			}
			seen[v] = true
			total++
		}
	}
	require.Equal(t, n, total)
}

func TestTakenValuesAreCollected(t *testing.T) {
	q := msqueue.New[*[1 << 10]int]()
	collected := make(chan struct{})
	v := new([1 << 10]int)
	runtime.AddCleanup(v, func(c chan struct{}) { close(c) }, collected)
	q.Enqueue(v)
	v, ok := q.Dequeue()
	require.True(t, ok)
	runtime.KeepAlive(v)
	v = nil
	for range 100 {
		runtime.GC()
		runtime.Gosched()
		select {
		case <-collected:
			runtime.KeepAlive(q)
			return
		default:
		}
	}
	t.Fatal("the queue still refers to the value that was taken")
}

func TestAllocations(t *testing.T) {
	q := msqueue.New[int]()
	q.Enqueue(1)
	require.EqualValues(t, 1, testing.AllocsPerRun(100, func() {
		q.Enqueue(2)
		q.Dequeue()
	}), "a node for each value, and nothing else")
	q.Dequeue()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		q.Dequeue()
		q.IsEmpty()
	}))
}
