package trace_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/trace"
)

var shortNames = rapid.StringMatching(`[a-z]{1,3}`)

// shape is an execution without the order of its steps: what relates which steps of which threads.
func shape(e *trace.Execution) []([5]any) {
	name := func(i int) any {
		if i < 0 {
			return i
		}
		return [2]int{e.Steps[i].Thread, e.Steps[i].Index}
	}
	var all [][5]any
	for i, s := range e.Steps {
		all = append(all, [5]any{name(i), s.Kind, name(s.From), name(s.CoAfter), s.Pos})
	}
	return all
}

func TestArrangeKeepsTheExecution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawExecution(t, shortNames)
		for i := range e.Steps { // zero is a step where a field has no meaning
			if !e.Steps[i].Kind.Reads() {
				e.Steps[i].From = trace.None
			}
			if !e.Steps[i].Kind.Writes() {
				e.Steps[i].CoAfter = trace.None
			}
		}
		require.NoError(t, e.Validate())
		before, weak := shape(e), e.Weak()
		require.NoError(t, e.Arrange())
		require.NoError(t, e.Validate())
		require.ElementsMatch(t, before, shape(e))
		require.Equal(t, weak, e.Weak())
		latest := map[string]int{}
		stale := false
		for i, s := range e.Steps {
			last, written := latest[s.Location]
			if !written {
				last = trace.Initial
			}
			stale = stale || s.Kind.Reads() && s.From != last || s.Kind.Writes() && s.CoAfter != last
			if s.Kind.Writes() {
				latest[s.Location] = i
			}
		}
		require.Equal(t, weak, stale, "a weak execution, and no other, has a read that does not take the latest write")
	})
}

func TestArrangeRenumbersTheFailure(t *testing.T) {
	e := publish()
	slices.Reverse(e.Threads)
	for i := range e.Steps {
		e.Steps[i].Thread = 2 - e.Steps[i].Thread
		e.Steps[i].Target = 2 - e.Steps[i].Target
	}
	e.Steps[1], e.Steps[2], e.Steps[6].From, e.Failure.Steps[0] = e.Steps[2], e.Steps[1], 1, 1
	require.NoError(t, e.Arrange())
	require.NoError(t, e.Validate())
	for _, i := range e.Failure.Steps {
		assert.Equal(t, "data (atomic.Cell[int])", e.Steps[i].Location)
	}
	assert.Zero(t, e.Preemptions())
}

func TestArrangeErrors(t *testing.T) {
	e := &trace.Execution{
		Threads: make([]trace.Thread, 2),
		Steps: []trace.Step{
			{Thread: 0, Index: 0, Kind: trace.Load, Location: "x", From: 3}, {Thread: 0, Index: 1, Kind: trace.Store, Location: "y", CoAfter: trace.Initial},
			{Thread: 1, Index: 0, Kind: trace.Load, Location: "y", From: 1}, {Thread: 1, Index: 1, Kind: trace.Store, Location: "x", CoAfter: trace.Initial},
		},
	}
	assert.ErrorContains(t, e.Arrange(), "cyclic")
	assert.True(t, e.Weak())
	e.Steps[2].Thread = 2
	assert.ErrorContains(t, e.Arrange(), "step 2 is of thread 2")
}

func TestWeak(t *testing.T) {
	assert.True(t, storeBuffering().Weak())
	assert.False(t, publish().Weak())
}

func TestPreemptionsOfAnExecution(t *testing.T) {
	assert.Equal(t, 0, publish().Preemptions())
	assert.Equal(t, 2, storeBuffering().Preemptions())
	assert.Equal(t, 0, deadlock().Preemptions())
}

func TestValidate(t *testing.T) {
	for name, e := range examples() {
		require.NoError(t, e.Validate(), name)
	}
	for _, c := range []struct {
		want   string
		damage func(e *trace.Execution)
	}{
		{"step 3, store of thread 9: there are 3 threads", func(e *trace.Execution) { e.Steps[3].Thread = 9 }},
		{"it has index 4, 0 was expected", func(e *trace.Execution) { e.Steps[2].Index = 4 }},
		{"its target is thread 3", func(e *trace.Execution) { e.Steps[0].Target = 3 }},
		{"it reads from step 70, there are 7 steps", func(e *trace.Execution) { e.Steps[5].From = 70 }},
		{"it reads from step 0, which is spawn", func(e *trace.Execution) { e.Steps[5].From = 0 }},
		{"it reads from step 5, itself", func(e *trace.Execution) { e.Steps[5].From = 5 }},
		{"it reads from step 2, which is on \"data (atomic.Cell[int])\" instead of \"ready (atomic.Int32)\"", func(e *trace.Execution) { e.Steps[5].From = 2 }},
		{"it reads from step 6, which comes later", func(e *trace.Execution) {
			e.Steps[6].Kind, e.Steps[6].Location, e.Steps[5].From = trace.Store, e.Steps[5].Location, 6
		}},
		{"it is in coherence order after step -3", func(e *trace.Execution) { e.Steps[2].CoAfter = -3 }},
		{"step 3 has the same predecessor in coherence order", func(e *trace.Execution) {
			e.Steps[5].Kind, e.Steps[5].CoAfter = trace.Store, trace.Initial
		}},
		{"it reads from step 3, but is in coherence order after step -2", func(e *trace.Execution) {
			e.Steps[5].Kind, e.Steps[5].CoAfter = trace.Update, trace.None
		}},
		{"no first write of \"ready (atomic.Int32)\" leads to it", func(e *trace.Execution) {
			e.Steps[5].Kind, e.Steps[5].CoAfter, e.Steps[3].CoAfter = trace.Store, 3, 5
		}},
		{"the failure is of thread 3", func(e *trace.Execution) { e.Failure.Thread = 3 }},
		{"the failure concerns step 7", func(e *trace.Execution) { e.Failure.Steps[1] = 7 }},
	} {
		e := publish()
		c.damage(e)
		assert.ErrorContains(t, e.Validate(), c.want)
	}
}
