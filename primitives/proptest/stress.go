package proptest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Stress runs clients of s on real goroutines, each many times, and fails t if a round gets results that the
// specification does not explain in the order of real time. What it finds depends on the machine and on luck; what it does not
// find is no proof. With go test -race, the race detector looks on.
func Stress[I, S any](t rapid.TB, s Subject[I, S], options ...Option) {
	t.Helper()
	c, _ := prepare(t, &s, native(), options)
	if testing.Short() {
		c.rounds = (c.rounds + 4) / 5
	}
	seed := c.seed
	if seed == 0 {
		seed = rapidSeed()
	}
	histories := 0
	draw := clients(s.operations(), c)
	for n := range c.clients {
		drawn := draw.Example(int(seed + uint64(n)))
		st := newStress(&s, drawn)
		found := st.rounds(c.rounds)
		if found == nil {
			histories += len(st.judge.verdict)
			continue
		}
		if found.Message != stuck {
			shrink(drawn, c.minThreads, func(smaller client) bool {
				again := newStress(&s, smaller).rounds(patience * c.rounds)
				if again == nil || again.Message == stuck {
					return false
				}
				found = again
				return true
			})
		}
		t.Fatalf("proptest: natively, client %d of -rapid.seed=%d, shrunk: %s", n+1, seed, found)
	}
	t.Logf("proptest: %d clients, %d rounds each, %d histories; -rapid.seed=%d", c.clients, c.rounds, histories, seed)
}

// A smaller client is taken to be right if it does not fail in so many times the rounds.
const patience = 5

// rapidSeed returns what -rapid.seed says or, if it says nothing, any number.
func rapidSeed() uint64 {
	if f := flag.Lookup("rapid.seed"); f != nil {
		if n, err := strconv.ParseUint(f.Value.String(), 0, 64); err == nil && n != 0 {
			return n
		}
	}
	return uint64(rand.Int64N(1 << 53))
}

// stress is one client on real goroutines.
type stress[I, S any] struct {
	subject   *Subject[I, S]
	client    client
	judge     *judge[I, S]
	calls     int
	first     []int
	waitedFor []bool
}

func newStress[I, S any](s *Subject[I, S], c client) *stress[I, S] {
	n, first := c.calls()
	return &stress[I, S]{s, c, newJudge(s, c), n, first, c.waitedFor()}
}

func (s *stress[I, S]) rounds(n int) *Counterexample {
	for range n {
		if found := s.round(); found != nil {
			return found
		}
	}
	return nil
}

// round is one run of a client.
type round struct {
	history          *history
	called, returned []int64        // when, in nanoseconds; what is equal is not ordered
	done             []atomic.Bool  // the call has returned, for those who wait for it
	begun            []atomic.Int32 // so many calls of each thread
	start            time.Time
	ready            atomic.Int32 // threads
	over             atomic.Bool  // nobody need wait any more: a thread has panicked
}

// A round that takes longer than this is stuck. Its calls take microseconds.
const (
	stuck  = "stuck"
	enough = 20 * time.Second
)

func (s *stress[I, S]) round() *Counterexample {
	r := &round{
		history: newHistory(s.calls), called: make([]int64, s.calls), returned: make([]int64, s.calls),
		done: make([]atomic.Bool, s.calls), begun: make([]atomic.Int32, len(s.client.threads)), start: time.Now(),
	}
	ended := make(chan string, len(s.client.threads)) // of a thread: how it has panicked, or ""
	var threads []int
	for i, calls := range s.client.threads {
		if len(calls) > 0 {
			threads = append(threads, i)
		}
	}
	i := s.subject.New(len(s.client.threads))
	for _, thread := range threads {
		go func() {
			ended <- caught(s.client.name(thread), func() {
				r.ready.Add(1)
				r.wait(func() bool { return int(r.ready.Load()) == len(threads) })
				s.thread(r, i, thread)
			}, r.over.Store)
		}()
	}
	limit := time.NewTimer(enough)
	defer limit.Stop()
	panicked := ""
	for range threads {
		select {
		case p := <-ended:
			if panicked == "" {
				panicked = p
			}
		case <-limit.C:
			r.over.Store(true)
			return &Counterexample{Message: stuck, Details: s.stuck(r)}
		}
	}
	if panicked == "" {
		s.client.order(r.history, func(a, b int) bool { return r.returned[a] < r.called[b] })
		if why := s.judge.check(r.history); why != "" {
			found := s.client.counterexample(r.history)
			found.Message, found.Details = notLinearizable, why
			return found
		}
		if s.subject.Finish != nil {
			panicked = caught("Finish", func() { s.subject.Finish(i) }, func(bool) {})
		}
	}
	if panicked != "" {
		found := s.client.counterexample(r.history)
		found.Message, found.Details = "panic", panicked
		return found
	}
	return nil
}

// thread makes the calls of a thread.
func (s *stress[I, S]) thread(r *round, i I, thread int) {
	clock := clock{start: r.start}
	for k, a := range s.client.threads[thread] {
		n := s.first[thread] + k
		if a.after != nil {
			r.wait(r.done[s.first[a.after.thread]+a.after.index].Load)
		}
		r.begun[thread].Add(1)
		r.called[n] = clock.read()
		r.history.results[n] = s.subject.Operations[a.operation].Call(i, thread, a.argument)
		r.returned[n] = clock.read()
		r.history.returned[n] = true
		if s.waitedFor[n] {
			r.done[n].Store(true)
		}
	}
}

// wait waits for another thread.
func (r *round) wait(until func() bool) {
	for n := 1; !until() && !r.over.Load(); n++ {
		if n%64 == 0 {
			runtime.Gosched()
		}
	}
}

// clock is read by one thread. Its atomic additions are fences, which keep reading the time from moving into a call or
// out of it, and share nothing, so that they hide no data race.
type clock struct {
	start time.Time
	fence atomic.Int64
}

func (c *clock) read() int64 {
	c.fence.Add(1)
	now := int64(time.Since(c.start))
	c.fence.Add(1)
	return now
}

// caught calls f, and returns how it panicked, or "".
func caught(who string, f func(), over func(bool)) (how string) {
	defer func() {
		if p := recover(); p != nil {
			over(true)
			how = fmt.Sprintf("%s: %v\n%s", who, p, debug.Stack())
		}
	}()
	f()
	return ""
}

// stuck says where the threads of a round are.
func (s *stress[I, S]) stuck(r *round) string {
	text := fmt.Sprintf("%s\n  has not come to its end in %v.", s.client, enough)
	for i, calls := range s.client.threads {
		switch n := int(r.begun[i].Load()); {
		case n > 0:
			text += fmt.Sprintf("\n  The last call of %s to begin was %s.", s.client.name(i), s.client.place(place{i, n - 1}))
		case len(calls) > 0:
			text += fmt.Sprintf("\n  %s has not begun a call.", s.client.name(i))
		}
	}
	return text
}
