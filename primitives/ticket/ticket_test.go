package ticket_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/ticket"
)

func TestUnlockOfFreeLock(t *testing.T) {
	var l ticket.Lock
	require.PanicsWithValue(t, "ticket: Unlock of a Lock that is not locked", l.Unlock)
	require.True(t, l.TryLock(), "the lock is as it was")
}

func TestAllocatesNothing(t *testing.T) {
	var l ticket.Lock
	require.Zero(t, testing.AllocsPerRun(100, func() {
		l.Lock()
		l.TryLock()
		l.Unlock()
	}))
}

func TestNatively(t *testing.T) { locktest.Hammer(t, new(ticket.Lock)) }

// Who has drawn a ticket first is served first, in every execution.
func TestFirstComeFirstServed(t *testing.T) {
	explorer.Test(t, func(x *explorer.T) {
		var l ticket.Lock
		var order atomic.Cell[string]
		l.Lock()
		for drawn, name := range []string{"a", "b", "c"} {
			x.Go(name, func() {
				l.Lock() // INV-TICKET-2
				order.Store(order.Load() + name)
				l.Unlock()
			})
			x.Await(func() bool { return ticket.Tickets(&l) == uint64(drawn)+2 })
		}
		l.Unlock()
		x.Join()
		require.Equal(x, "abc", order.Load())
	}, explorer.Model(explorer.Models()...))
}
