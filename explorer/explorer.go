// Package explorer runs concurrent Go code on simulated weak memory, through
// every execution that a memory model allows, each once, and says what can go wrong and how.
//
// A test body starts goroutines with [T.Go] and shares variables of the types of primitives/atomic, primitives/sync
// and primitives/mem, which inside an exploration are modelled. The body runs from its start for every execution, so
// between modelled operations it must do the same each time.
//
//	func TestPublish(t *testing.T) {
//		explorer.Test(t, func(x *explorer.T) {
//			var data atomic.Cell[int]
//			var ready atomic.Int32
//			x.Go("writer", func() { data.Store(42); ready.Store(1, atomic.Release) })
//			x.Go("reader", func() {
//				if ready.Load(atomic.Acquire) == 1 {
//					require.Equal(x, 42, data.Load())
//				}
//			})
//		})
//	}
//
// The explorer sees modelled variables only. It cannot see plain Go variables outside cells, real time, input and
// output, or unsafe; docs/explorer.md says what that means, and how the search works.
package explorer

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weakmem/litmus/explorer/internal/search"
	"github.com/weakmem/litmus/explorer/sim"
)

// TB is the part of testing.TB that [Test] needs; *testing.T, *testing.B and
// *rapid.T have it.
type TB interface {
	Helper()
	Name() string
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	FailNow()
}

// Models returns the names of the memory models that [Model] accepts, besides the paths of .cat files.
func Models() []string { return search.Models() }

// Test explores body under each model asked for ([Model]; rc11 if none is), and fails t with a report if an
// execution fails. Without bounds a test that passes is verified: no execution that the model allows fails.
//
// If t is a testing.TB, failures are saved, and those saved before are replayed first.
func Test(t TB, body func(x *T), options ...Option) {
	t.Helper()
	c, err := configure(options)
	if err != nil {
		t.Errorf("explorer: %v", err)
		t.FailNow()
	}
	if c.token != "" {
		x, err := replay(t.Name(), c.token, body)
		switch {
		case err != nil:
			t.Errorf("explorer: %v", err)
			t.FailNow()
		case x.Failure != nil:
			t.Errorf("explorer: replayed\n%s%s", x, WriteFiles(x))
			t.FailNow()
		}
		t.Logf("explorer: replayed; it does not fail\n%s%s", x, WriteFiles(x))
		return
	}
	// A property is another test whenever rapid draws anew, and rapid keeps what it found.
	_, lasting := t.(testing.TB)
	if lasting {
		replaySaved(t, body)
	}
	for _, model := range c.models {
		r := run(context.Background(), t.Name(), model, c, body)
		if r.Failure != nil {
			t.Errorf("%s", r.present(lasting))
			t.FailNow()
		}
		t.Logf("%s", r)
	}
}

// Run explores body under one model and returns what it found. Unlike [Test] it neither replays nor saves
// failures. It returns an error if the options are wrong.
func Run(ctx context.Context, body func(x *T), options ...Option) (*Report, error) {
	c, err := configure(options)
	if err != nil {
		return nil, err
	}
	if len(c.models) != 1 {
		return nil, fmt.Errorf("explorer.Run explores one model at a time, not %s", strings.Join(c.models, ", "))
	}
	return run(ctx, "", c.models[0], c, body), nil
}

// RunEach is Run under each model asked for, one after another. It stops at the first that fails.
func RunEach(ctx context.Context, body func(x *T), options ...Option) ([]*Report, error) {
	c, err := configure(options)
	if err != nil {
		return nil, err
	}
	var reports []*Report
	for _, model := range c.models {
		r := run(ctx, "", model, c, body)
		reports = append(reports, r)
		if r.Failure != nil {
			break
		}
	}
	return reports, nil
}

// Yield ends a round of a loop that waits for another goroutine. If the round
// changed nothing, and the next one would do the same, the goroutine waits until what it read changes. Outside an
// exploration it yields the processor.
func Yield() {
	if th := sim.Current(); th != nil {
		th.Yield()
		return
	}
	runtime.Gosched()
}

// An estimate takes this many descents of the tree, or this long, whichever is less.
const (
	descents   = 1000
	estimating = 2 * time.Second
)

func run(ctx context.Context, name, model string, c *config, body func(*T)) *Report {
	if c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	cfg := c.search
	cfg.Model = model
	r := &Report{Name: name, Model: model}
	if c.estimate && cfg.Sample == 0 {
		soon, cancel := context.WithTimeout(ctx, estimating)
		r.Estimate, r.EstimateError, _ = search.Estimate(soon, cfg, descents, simulated(name, body))
		cancel()
	}
	result, err := search.Explore(ctx, cfg, simulated(name, body))
	if err != nil {
		r.Bounds = append(r.Bounds, err.Error()) // configure has checked what the search rejects
		return r
	}
	r.fill(ctx, result, cfg, body)
	return r
}

// simulated makes a body the main thread of a search. Runs of one main thread
// come one after another, and have one T after another use the same memory.
func simulated(name string, body func(*T)) func(sim.Thread) {
	var mu sync.Mutex
	of := map[sim.Thread]*T{}
	return func(th sim.Thread) {
		mu.Lock()
		x := of[th]
		if x == nil {
			x = &T{name: name}
			of[th] = x
		}
		mu.Unlock()
		x.failed, x.messages, x.goroutines, x.joined = false, nil, x.goroutines[:0], 0
		x.known = x.known[:0]
		body(x)
	}
}
