package proptest

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Stress runs clients of s on real goroutines, each many times, and fails t if a round gets results that the
// specification does not explain in the order of real time. What it finds depends on the machine and on luck; what it does not
// find is no proof. With go test -race, the race detector looks on.
func Stress[I, S any](t rapid.TB, s Subject[I, S], options ...Option) {
	t.Helper()
	defaults := native()
	defaults.clients = 100
	c, _ := prepare(t, &s, defaults, options)
	if testing.Short() {
		c.rounds = (c.rounds + 4) / 5
	}
	if c.seed == 0 {
		c.seed = rapidSeed()
	}
	done := s.native(context.Background(), c, func(Tally) {})
	if done.Found != nil {
		t.Fatalf("proptest: natively, client %d of -rapid.seed=%d, shrunk: %s", done.Clients, c.seed, done.Found)
	}
	t.Logf("proptest: %s; -rapid.seed=%d", done, c.seed)
}

// Tally says what was run natively.
type Tally struct {
	Clients   int
	Rounds    int // of all clients
	Calls     int // in all rounds
	Histories int // that were judged: each once in a client
	// Found is how the last client fails, as small as it could be made; nil: none failed.
	Found *Counterexample
}

// String says how much was run: "30 clients, 3000 rounds, 21400 calls, 1790 histories".
func (t Tally) String() string {
	return fmt.Sprintf("%d clients, %d rounds, %d calls, %d histories", t.Clients, t.Rounds, t.Calls, t.Histories)
}

// Run is [Stress] outside of a test. It ends when a client fails, when [Clients] or [Time] says so, or with ctx, of which it
// is no error that it ended; what is running by then is not counted. After each client, progress is told what was done so far.
func Run[I, S any](ctx context.Context, s Subject[I, S], progress func(Tally), options ...Option) (Tally, error) {
	c, err := configure(native(), options)
	if err == nil {
		err = s.validate()
	}
	if err != nil {
		return Tally{}, fmt.Errorf("proptest: %w", err)
	}
	if c.seed == 0 {
		c.seed = anySeed()
	}
	return s.native(ctx, c, progress), nil
}

func (s *Subject[I, S]) native(ctx context.Context, c config, progress func(Tally)) (done Tally) {
	draw := clients(s.operations(), c)
	start := time.Now()
	more := func() bool {
		switch {
		case done.Clients == 0:
			return true
		case c.clients > 0 && done.Clients == c.clients, c.time > 0 && time.Since(start) >= c.time:
			return false
		}
		return done.Found == nil
	}
	for more() {
		drawn := draw.Example(int(c.seed + uint64(done.Clients)))
		st := newStress(s, drawn, c.rounds)
		found := st.run(ctx)
		if found == nil && ctx.Err() != nil {
			break
		}
		done.Clients++
		done.Rounds += int(st.round.Load())
		done.Calls += int(st.round.Load()) * st.calls
		if found == nil {
			done.Histories += len(st.judge.verdict)
		} else {
			done.Found = s.smallest(ctx, c, drawn, found)
		}
		progress(done)
	}
	return done
}

// A smaller client is taken to be right if it does not fail in so many times the rounds.
const patience = 5

// smallest returns how a client fails that is made smaller as long as it fails, and time allows.
func (s *Subject[I, S]) smallest(ctx context.Context, c config, drawn client, found *Counterexample) *Counterexample {
	if found.Message == stuck {
		return found
	}
	start := time.Now()
	shrink(drawn, c.minThreads, func(smaller client) bool {
		if time.Since(start) > enough || ctx.Err() != nil {
			return false
		}
		again := newStress(s, smaller, patience*c.rounds).run(ctx)
		if again == nil || again.Message == stuck {
			return false
		}
		found = again
		return true
	})
	return found
}

// rapidSeed returns what -rapid.seed says or, if it says nothing, any number.
func rapidSeed() uint64 {
	if f := flag.Lookup("rapid.seed"); f != nil {
		if n, err := strconv.ParseUint(f.Value.String(), 0, 64); err == nil && n != 0 {
			return n
		}
	}
	return anySeed()
}

func anySeed() uint64 { return uint64(rand.Int64N(1 << 53)) }
