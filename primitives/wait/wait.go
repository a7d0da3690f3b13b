// Package wait is how protocols wait for one another, in code that is both run and explored.
//
// Under exploration a wait is an await: the goroutine goes on when its condition holds, and the rounds in which it does
// not are no part of any execution. Natively the condition is evaluated again and again, with a [Strategy] between
// rounds.
//
// A condition changes nothing until it holds. It is explored best if it makes one modelled operation: one load, or one
// update that succeeds if and only if the condition holds.
package wait

import (
	"runtime"
	"time"

	"github.com/weakmem/litmus/explorer/sim"
)

var parallel = runtime.NumCPU() > 1

// Strategy is what a goroutine does natively when it has found for the round-th time, counted from 1, that it has to wait.
type Strategy func(round int)

// rounds up to which Backoff pauses and then yields, and the longest sleep.
const (
	pausing  = 16
	yielding = 512
	longest  = 100 * time.Microsecond
)

// Spin goes on at once: the least latency, for as many goroutines as there are processors.
func Spin(int) {}

// Yield lets other goroutines run.
func Yield(int) { runtime.Gosched() }

// Backoff pauses, longer from round to round, then yields, then sleeps: it is what [Until] and [For] do. It suits
// waits for one event, such as one's turn.
func Backoff(round int) {
	if round <= pausing && parallel {
		pause(32 << (round / 2))
		return
	}
	relax(round)
}

// Gather is Backoff, but pauses for about a microsecond before it looks again, so that there is more to be found, and
// whoever is waited for is left the cache lines meanwhile. It suits waits for what comes in numbers, such as items, and
// for what others fight for.
func Gather(round int) {
	if round <= 2 && parallel {
		pause(2000)
		return
	}
	relax(round)
}

func relax(round int) {
	if round <= yielding {
		runtime.Gosched()
	} else {
		time.Sleep(min(time.Duration(round-yielding)*time.Microsecond, longest))
	}
}

// pause passes about n cycles.
//
//go:noinline
func pause(n int) {
	for range n {
	}
}

// Until waits until cond holds. A closure that it is given is allocated, natively too: [For] avoids that.
func Until(cond func() bool) { Strategy(Backoff).Until(cond) }

// For waits until cond holds of x. With a function or method expression it allocates nothing natively.
func For[T any](x *T, cond func(*T) bool) { ForWith(Backoff, x, cond) }

// Until is the function Until with a strategy.
func (s Strategy) Until(cond func() bool) {
	if th := sim.Current(); th != nil {
		th.Await(cond)
		return
	}
	for round := 1; !cond(); round++ {
		s(round)
	}
}

// ForWith is For with a strategy.
func ForWith[T any](s Strategy, x *T, cond func(*T) bool) {
	if sim.Gate() != 0 {
		s.Until(func() bool { return cond(x) })
		return
	}
	for round := 1; !cond(x); round++ {
		s(round)
	}
}

// ForArg is For with a condition that also takes a value, such as the number that the caller waits for.
func ForArg[T, A any](x *T, arg A, cond func(*T, A) bool) {
	if sim.Gate() != 0 {
		Until(func() bool { return cond(x, arg) })
		return
	}
	for round := 1; !cond(x, arg); round++ {
		Backoff(round)
	}
}

// ForTested waits until update succeeds, which changes x if and only if it does. Natively it is tried again only when
// test, which makes nothing but loads, holds: those who wait then share the cache line of x.
func ForTested[T any](x *T, test, update func(*T) bool) {
	if sim.Gate() != 0 {
		Until(func() bool { return update(x) })
		return
	}
	for !update(x) {
		for round := 1; !test(x); round++ {
			Gather(round)
		}
	}
}
