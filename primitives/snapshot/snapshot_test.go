package snapshot_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/snapshot"
)

func TestValue(t *testing.T) {
	var v snapshot.Value[int]
	require.Nil(t, v.Load())
	one, two := new(int), new(int) // equal, but not the same
	v.Store(one)
	require.Same(t, one, v.Load())
	require.False(t, v.CompareAndSwap(two, two))
	require.True(t, v.CompareAndSwap(one, two))
	require.Same(t, two, v.Swap(nil))
	require.Nil(t, v.Load())
	require.Same(t, one, snapshot.New(one).Load())
}

func TestUpdate(t *testing.T) {
	var v snapshot.Value[int]
	add := func(old *int) *int {
		if old == nil {
			return new(int)
		}
		n := *old + 1
		return &n
	}
	require.Equal(t, 0, *v.Update(add))
	require.Equal(t, 1, *v.Update(add))
	same := v.Load()
	require.Same(t, same, v.Update(func(old *int) *int { return old }))
	require.Nil(t, v.Update(func(*int) *int { return nil }))
}

// An update that another goroutine comes before is made again, of the newer version.
func TestUpdateIsMadeAgain(t *testing.T) {
	v := snapshot.New(new(int))
	var found []int
	v.Update(func(old *int) *int {
		found = append(found, *old)
		if len(found) == 1 {
			other := 10
			v.Store(&other) // INV-SNAPSHOT-3
		}
		n := *old + 1
		return &n
	})
	require.Equal(t, []int{0, 10}, found)
	require.Equal(t, 11, *v.Load())
}

func TestNatively(t *testing.T) {
	updates := 10_000
	if testing.Short() {
		updates = 1000
	}
	type version struct{ left, right [4]int }
	v := snapshot.New(new(version))
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range updates {
				v.Update(func(old *version) *version {
					n := *old
					for i := range n.left {
						n.left[i]++
						n.right[i]++
					}
					return &n
				})
			}
		})
		wg.Go(func() {
			last := 0
			for range updates {
				n := v.Load()
				if n.left != n.right || n.left[0] < last {
					t.Errorf("after version %d: %v", last, *n) // INV-SNAPSHOT-2, INV-SNAPSHOT-4
				}
				last = n.left[0]
			}
		})
	}
	wg.Wait()
	require.Equal(t, 2*updates, v.Load().left[0])
}

func TestAllocatesNothing(t *testing.T) {
	one, two := new(int), new(int)
	v := snapshot.New(one)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		v.Load()
		v.Store(two)
		v.Swap(one)
		v.CompareAndSwap(one, two)
		v.Update(func(*int) *int { return one })
	}))
}
