package sim

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fake is a thread that does nothing.
type fake struct {
	Thread
	n int
}

func TestCurrent(t *testing.T) {
	require.Nil(t, Current())
	require.False(t, Active())
	require.Zero(t, Gate())

	th := &fake{n: 1}
	Register(th)
	assert.Same(t, th, Current())
	assert.True(t, Active())
	done := make(chan Thread)
	go func() { done <- Current() }()
	assert.Nil(t, <-done, "another goroutine")

	Register(nil)
	assert.Nil(t, Current())
	assert.False(t, Active())
}

// Each goroutine sees its own thread, whatever others do meanwhile.
func TestCurrentOfMany(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			g := Here()
			for range 50 {
				th := &fake{n: i}
				assert.Nil(t, g.Set(th))
				Enter(g)
				assert.Same(t, th, Current())
				other := &fake{n: -i}
				assert.Same(t, th, g.Set(other))
				assert.Same(t, other, Current())
				Leave(g)
				assert.Nil(t, Current())
				g.Set(nil)
			}
		})
	}
	wg.Wait()
	assert.False(t, Active())
}

func TestOrderings(t *testing.T) {
	for o, want := range map[Ordering]struct {
		name               string
		acquires, releases bool
	}{
		Plain:            {"plain", false, false},
		Relaxed:          {"relaxed", false, false},
		Acquire:          {"acquire", true, false},
		Release:          {"release", false, true},
		AcqRel:           {"acq_rel", true, true},
		SeqCst:           {"seq_cst", true, true},
		Relaxed | Silent: {"relaxed", false, false},
		Ordering(9):      {"invalid", false, false},
	} {
		assert.Equal(t, want.name, o.String())
		assert.Equal(t, want.acquires, o.Acquires(), want.name)
		assert.Equal(t, want.releases, o.Releases(), want.name)
	}
}
