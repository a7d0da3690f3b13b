package mcs_test

import (
	"testing"

	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/mcs"
	"github.com/weakmem/litmus/primitives/sequential"
)

func newLock() sequential.Lock { return new(mcs.Mutex) }

func TestLinearizable(t *testing.T) { locktest.Linearizable(t, newLock) }

// A waiter that does not acquire its turn races with whoever handed over.
func TestPlantedBug(t *testing.T) {
	locktest.PlantedBug(t, newLock, "mcs", "Node.hasTurn/turn.Load=relaxed")
}
