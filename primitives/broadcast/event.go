package broadcast

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

// Event is something that happens again and again, until it is closed. The zero value is ready for use; it must not be
// copied after its first use.
type Event struct {
	state atomic.Uint64 // twice the number of signals, and 1 if it is closed
}

const (
	closed = 1
	signal = 2
)

// Signal counts an event and lets all who wait go on. It reports whether it did: on an Event that is closed it does nothing.
func (e *Event) Signal() bool {
	for {
		s := e.state.Load(atomic.Relaxed) // INV-BROADCAST-3
		if s&closed != 0 {
			return false
		}
		if e.state.CompareAndSwap(s, s+signal, atomic.Release, atomic.Relaxed) { // INV-BROADCAST-1, INV-BROADCAST-2
			return true
		}
	}
}

// Close says that there will be no more events. Closing again does nothing.
func (e *Event) Close() {
	e.state.Or(closed, atomic.Release) // INV-BROADCAST-2, INV-BROADCAST-3
}

// Subscribe returns a waiter for the events that come from now on. What happens before an event that the waiter will not be
// told of any more happens before the return: so a condition that is found not to hold after Subscribe may be
// waited for.
func (e *Event) Subscribe() *Waiter {
	s := e.state.Load(atomic.Acquire) // INV-BROADCAST-1, INV-BROADCAST-2
	return &Waiter{event: e, seen: s &^ closed}
}

// Waiter is told of the events after it was made by [Event.Subscribe]. It is for one goroutine at a time.
type Waiter struct {
	event *Event
	seen  uint64 // the state of which it was told last, less closed
	now   uint64 // the state that ended the wait
}

// Wait waits until there is an event of which w was not told, and returns how many there are; 0 if there are none and the
// Event is closed.
func (w *Waiter) Wait() uint64 {
	wait.For(w, (*Waiter).look) // INV-BROADCAST-1
	return w.tell()
}

// TryWait is Wait if it need not wait, and reports whether it was: done.
func (w *Waiter) TryWait() (events uint64, done bool) {
	if !w.look() {
		return 0, false
	}
	return w.tell(), true
}

// look reports whether there is anything to tell.
func (w *Waiter) look() bool {
	s := w.event.state.Load(atomic.Acquire) // INV-BROADCAST-1, INV-BROADCAST-2
	if s == w.seen {
		return false
	}
	w.now = s
	return true
}

func (w *Waiter) tell() uint64 {
	events := (w.now - w.seen) / signal
	w.seen = w.now &^ closed
	return events
}
