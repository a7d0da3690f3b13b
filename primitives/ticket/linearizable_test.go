package ticket_test

import (
	"testing"

	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/sequential"
	"github.com/weakmem/litmus/primitives/ticket"
)

func newLock() sequential.Lock { return new(ticket.Lock) }

func TestLinearizable(t *testing.T) { locktest.Linearizable(t, newLock) }

// A lock that is released without a release lets increments race.
func TestPlantedBug(t *testing.T) {
	locktest.PlantedBug(t, newLock, "ticket", "Lock.Unlock/serving.Store=relaxed")
}
