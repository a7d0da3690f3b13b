package spinlock_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/spinlock"
)

func TestUnlockOfFreeLock(t *testing.T) {
	var l spinlock.Lock
	require.PanicsWithValue(t, "spinlock: Unlock of a Lock that is free", l.Unlock)
	require.True(t, l.TryLock(), "the lock is as it was")
}

func TestAllocatesNothing(t *testing.T) {
	var l spinlock.Lock
	require.Zero(t, testing.AllocsPerRun(100, func() {
		l.Lock()
		l.TryLock()
		l.Unlock()
	}))
}

func TestNatively(t *testing.T) { locktest.Hammer(t, new(spinlock.Lock)) }
