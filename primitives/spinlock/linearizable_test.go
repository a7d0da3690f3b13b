package spinlock_test

import (
	"testing"

	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/sequential"
	"github.com/weakmem/litmus/primitives/spinlock"
)

func newLock() sequential.Lock { return new(spinlock.Lock) }

func TestLinearizable(t *testing.T) { locktest.Linearizable(t, newLock) }

// A lock that is taken without acquiring lets increments race.
func TestPlantedBug(t *testing.T) {
	locktest.PlantedBug(t, newLock, "spinlock", "Lock.take/state.CompareAndSwap=relaxed")
}
