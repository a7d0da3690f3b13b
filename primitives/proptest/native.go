package proptest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// stress runs one client on real goroutines, round after round. Goroutines stay from round to round, and spin
// in between, so that those that have a processor each keep it and begin together.
type stress[I, S any] struct {
	plan
	subject *Subject[I, S]
	judge   *judge[I, S]
	rounds  int

	instance         I
	history          *history
	called, returned []int64       // when, in nanoseconds from start; what is equal is not ordered
	done             []atomic.Bool // the call has returned, for those who wait for it
	begun            []atomic.Int32
	start            time.Time
	limit            time.Duration // of a round

	running int          // goroutines
	ended   atomic.Int32 // of them, in this round
	round   atomic.Int32 // that has begun, from 1
	over    atomic.Bool  // there is no other round
	found   chan *Counterexample
}

func newStress[I, S any](s *Subject[I, S], c client, rounds int) *stress[I, S] {
	p := c.plan()
	return &stress[I, S]{
		plan: p, subject: s, judge: newJudge(s, c), rounds: rounds,
		called: make([]int64, p.calls), returned: make([]int64, p.calls),
		done: make([]atomic.Bool, p.calls), begun: make([]atomic.Int32, len(c.threads)),
		start: time.Now(), limit: enough, found: make(chan *Counterexample, len(c.threads)+1),
	}
}

// A round that takes longer than this is stuck. Its calls take microseconds.
const (
	stuck  = "stuck"
	enough = 20 * time.Second
)

// run returns how a round fails, or nil if none does until they are all done, or ctx is.
func (s *stress[I, S]) run(ctx context.Context) *Counterexample {
	for _, calls := range s.threads {
		if len(calls) > 0 {
			s.running++
		}
	}
	if s.running == 0 {
		return nil
	}
	s.prepare()
	for i, calls := range s.threads {
		if len(calls) > 0 {
			go s.goroutine(i)
		}
	}
	for {
		round := s.round.Load()
		select {
		case found := <-s.found:
			return found
		case <-ctx.Done():
			s.over.Store(true)
			return nil
		case <-time.After(s.limit):
			if s.round.Load() == round {
				where := s.stuck()
				s.over.Store(true)
				return &Counterexample{Message: stuck, Details: where}
			}
		}
	}
}

// prepare begins a round, or ends the last.
func (s *stress[I, S]) prepare() {
	if int(s.round.Load()) == s.rounds {
		s.over.Store(true)
		s.found <- nil
		return
	}
	s.history = newHistory(s.calls)
	for n := range s.done {
		s.done[n].Store(false)
	}
	for i := range s.begun {
		s.begun[i].Store(0)
	}
	s.ended.Store(0)
	s.instance = s.subject.New(len(s.threads))
	s.round.Add(1)
}

// goroutine is a thread of the client in every round. The last to end a round judges it, and begins the next.
func (s *stress[I, S]) goroutine(thread int) {
	defer func() {
		if p := recover(); p != nil {
			s.over.Store(true)
			s.found <- &Counterexample{Message: "panic", Details: fmt.Sprintf("%s\n  %s panics: %v\n%s", s.client, s.names[thread], p, debug.Stack())}
		}
	}()
	clock := clock{start: s.start}
	r := rand.New(rand.NewPCG(uint64(thread), 0))
	for round := int32(1); ; round++ {
		if !s.wait(func() bool { return s.round.Load() >= round }) {
			return
		}
		for k, a := range s.threads[thread] {
			n := s.first[thread] + k
			if a.after != nil && !s.wait(s.done[s.number(*a.after)].Load) {
				return
			}
			dawdle(r)
			s.begun[thread].Add(1)
			s.called[n] = clock.read()
			s.history.results[n] = s.subject.Operations[a.operation].Call(s.instance, thread, a.argument)
			s.returned[n] = clock.read()
			s.history.returned[n] = true
			if s.waitedFor[n] {
				s.done[n].Store(true)
			}
		}
		if int(s.ended.Add(1)) < s.running {
			continue
		}
		if found := s.wrong(); found != nil {
			s.over.Store(true)
			s.found <- found
			return
		}
		if s.subject.Finish != nil {
			s.subject.Finish(s.instance)
		}
		s.prepare()
	}
}

// wrong judges a round.
func (s *stress[I, S]) wrong() *Counterexample {
	s.order(s.history, func(a, b int) bool { return s.returned[a] < s.called[b] })
	v := s.judge.check(s.history)
	if v.message == "" {
		return nil
	}
	found := s.plan.counterexample(s.history)
	found.Message, found.Details = v.message, v.details
	return found
}

// wait waits for other threads. It keeps its processor at first, then yields it, and then, as the others seem to have
// none, sleeps. It reports false if all is over.
func (s *stress[I, S]) wait(until func() bool) bool {
	var begun time.Time
	for n := 1; !s.over.Load(); n++ {
		if until() {
			return true
		}
		if n%32 != 0 {
			continue
		}
		if begun.IsZero() {
			begun = time.Now()
		}
		switch waited := time.Since(begun); {
		case waited < 10*time.Microsecond:
		case waited < 50*time.Microsecond:
			runtime.Gosched()
		default:
			time.Sleep(20 * time.Microsecond)
		}
	}
	return false
}

// dawdle lets time pass between calls, of any order of magnitude from that of an instruction to that of a call.
func dawdle(r *rand.Rand) {
	n := r.Uint32()
	if n%64 == 0 {
		runtime.Gosched()
		return
	}
	for range n >> 16 & (1<<(n%8) - 1) {
		spent.Load()
	}
}

var spent atomic.Bool // is never written

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

// stuck says where the threads of a round are.
func (s *stress[I, S]) stuck() string {
	text := fmt.Sprintf("%s\n  has not come to its end in %v.", s.client, s.limit)
	for i, calls := range s.threads {
		switch n := int(s.begun[i].Load()); {
		case n > 0:
			text += fmt.Sprintf("\n  The last call of %s to begin was %s.", s.names[i], s.where(place{i, n - 1}))
		case len(calls) > 0:
			text += fmt.Sprintf("\n  %s has not begun a call.", s.names[i])
		}
	}
	return text
}
