package sequencer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/sequencer"
)

// Publish then check: with a fence that is weaker than sequentially consistent on either side, the publisher finds nobody parked,
// the consumer finds nothing published, and it is never woken (INV-SEQUENCER-8).
func TestLostWakeup(t *testing.T) {
	body := func(x *explorer.T) {
		s := sequencer.New[int](1, sequencer.Blocking())
		c := s.Consumer()
		p := s.Producer()
		x.Go("producer", func() { p.Send(1) })
		slot, ok := c.Next()
		require.True(x, ok)
		require.Equal(x, 1, slot.Load())
	}
	r, err := explorer.Run(t.Context(), body)
	require.NoError(t, err)
	require.True(t, r.Verified, r)

	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "park", Body: body}}})
	require.NoError(t, err)
	for _, name := range []string{"bell.ring/Fence=acq_rel", "bell.await/Fence=acq_rel"} {
		mutant, ok := code.Named(name)
		require.True(t, ok, name)
		r, err := explorer.Run(t.Context(), body, explorer.Intercept(mutant))
		require.NoError(t, err)
		require.NotNil(t, r.Failure, "%s: %s", name, r)
		require.EqualValues(t, "deadlock", r.Failure.Failure.Kind)
	}
}
