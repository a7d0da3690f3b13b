package interpret

import (
	"context"
	"errors"

	"github.com/weakmem/litmus/explorer/sim"
)

// execution is a complete execution.
type execution struct {
	final func(v sim.Var) sim.Word // the coherence-maximal value
	races []race
}

// race is two accesses that race.
type race [2]position

// position is an access of a thread, by number.
type position struct{ thread, access int }

// explore is the engine.
var explore = func(ctx context.Context, model string, body func(sim.Thread), visit func(*execution)) (stopped bool, err error) {
	return false, errors.New("no engine")
}
