package sequencer

import "github.com/weakmem/litmus/primitives/wait"

// Option says how a sequencer works.
type Option func(*config)

type config struct {
	multi, locked, blocking bool
	strategy                wait.Strategy
}

// MultiProducer allows several producers: claims are made by compare-and-swap.
func MultiProducer() Option { return func(c *config) { c.multi = true } }

// WaitBy makes producers and consumers that have to wait do so by a strategy.
func WaitBy(s wait.Strategy) Option { return func(c *config) { c.strategy = s } }

// Blocking makes producers and consumers that have to wait park on a condition variable. Every publication, and every
// consumer that advances, then looks for who waits.
func Blocking() Option { return func(c *config) { c.blocking = true } }

// Locked replaces all of it by one mutex and one condition variable: the plain way to do the same, for comparison. It takes any number
// of producers; the other options mean nothing to it.
func Locked() Option { return func(c *config) { c.locked = true } }
