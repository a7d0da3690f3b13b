package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// Whatever order results are finished in, they are handed over in their own,
// but for those that say that they are not finished.
func TestInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 2*ahead).Draw(t, "n")
		workers := rapid.IntRange(1, 8).Draw(t, "workers")
		skip := rapid.IntRange(1, 10).Draw(t, "skip")
		var got, want []int
		for i := range n {
			if i%skip != 0 {
				want = append(want, i)
			}
		}
		done := inOrder(context.Background(), n, workers,
			func() func(int) (int, bool) { return func(i int) (int, bool) { return i * i, i%skip != 0 } },
			func(i, v int) {
				assert.Equal(t, i*i, v)
				got = append(got, i)
			}, nil)
		assert.Equal(t, want, got)
		assert.Equal(t, len(want), done)
	})
}

// When the context ends, what is finished comes out, and what is under way is not waited for.
func TestInOrderInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	forever := make(chan struct{})
	defer close(forever)
	third := make(chan struct{})
	var got []int
	done := inOrder(ctx, 100, 2,
		func() func(int) (int, bool) {
			return func(i int) (int, bool) {
				switch i {
				case 1:
					<-forever
				case 4:
					close(third)
					<-forever
				}
				return i, true
			}
		},
		func(i, _ int) {
			got = append(got, i)
			if i == 0 {
				<-third // 2 and 3 are finished, 1 and 4 under way
				cancel()
			}
		}, nil)
	assert.Equal(t, []int{0, 2, 3}, got)
	assert.Equal(t, 3, done)
}

// What is cut short, and says so soon, is handed over apart from what is finished.
func TestInOrderCut(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	started := make(chan struct{})
	var got, cut []int
	done := inOrder(ctx, 100, 2,
		func() func(int) (int, bool) {
			return func(i int) (int, bool) {
				if i == 1 {
					close(started)
					<-ctx.Done()
					return 10, false
				}
				return i, ctx.Err() == nil
			}
		},
		func(i, _ int) {
			if got = append(got, i); i == 0 {
				<-started
				cancel()
			}
		},
		func(i, v int) {
			if i == 1 {
				cut = append(cut, v)
			}
		})
	assert.Contains(t, got, 0)
	assert.NotContains(t, got, 1)
	assert.Equal(t, []int{10}, cut)
	assert.Len(t, got, done)
}
