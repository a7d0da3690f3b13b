package proptest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A client that does not come to its end is no hang.
func TestStuck(t *testing.T) {
	block := make(chan int)
	s := fifo
	s.Operations = append([]Operation[any, []int]{}, fifo.Operations...)
	s.Operations[take].Call = func(any, int, int) any { return <-block }
	c := client{s.operations(), [][]call{{{operation: put}, {operation: take}}, {{operation: put, argument: 1, after: &place{0, 1}}}}}
	st := newStress(&s, c, 1)
	st.limit = 50 * time.Millisecond
	found := st.run(t.Context())
	block <- 0
	require.Equal(t, stuck, found.Message)
	require.Contains(t, found.Details, "The last call of thread 0 to begin was Take() of thread 0.\n  thread 1 has not begun a call.")
}
