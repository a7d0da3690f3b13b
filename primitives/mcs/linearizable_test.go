package mcs_test

import (
	"testing"

	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/mcs"
)

func newLock() locktest.Lock { return new(mcs.Mutex) }

func TestLinearizable(t *testing.T) { locktest.Linearizable(t, newLock) }

func TestLinearizableNatively(t *testing.T) { locktest.LinearizableNatively(t, newLock) }

// A waiter that does not acquire its turn races with whoever handed over.
func TestPlantedBug(t *testing.T) {
	locktest.PlantedBug(t, newLock, "mcs", "Node.hasTurn/turn.Load=relaxed")
}
