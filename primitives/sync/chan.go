package sync

import (
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/primitives/internal/kind"
)

// Chan is a channel of T, as a type: the explorer cannot see into Go's. Like
// those, channels are references: they may be copied and compared, and the zero
// value is the nil channel, on which operations wait for ever.
//
// Operations panic where Go's do, with the same values. [Select] is the select statement.
//
// Under exploration, what orders memory is what the Go memory model says, no
// more: a send happens before the receive of what it sent completes, a close before a receive that it ends, the
// k-th receive from a channel of capacity C before the k+C-th send completes.
type Chan[T any] struct{ c *channel[T] }

// MakeChan returns a new channel of that capacity, as make(chan T, capacity) does.
func MakeChan[T any](capacity int) Chan[T] {
	return Chan[T]{&channel[T]{
		native:  make(chan T, capacity),
		element: kind.Of[T]("sync.Chan element", formatElement[T]),
		number:  channels.Add(1),
	}}
}

// channels counts those that were made, so that Select has an order to go by.
var channels atomic.Uint64

// channel is modelled as tickets: a send takes the next number of sends, a
// receive the next number of receives, and those of one number meet at an element. So senders are ordered among each
// other, and receivers, but neither with the other: that follows from the elements. Tickets order no memory. An element is two
// variables that are stored to once: value, by the sender, and taken, by the receiver, who wakes the sender that has to wait for room.
//
// A receive whose number no send has when the channel is closed finds the value Closed. The close leaves it at the
// first such element, and who finds it at one leaves it at the next.
type channel[T any] struct {
	native  chan T
	element *sim.Kind
	number  uint64

	// Addresses of modelled variables. Their memory is not used.
	sends    uint64
	receives uint64
	closing  uint64
	offers   uint64 // of Selects that wait: see offer

	mu     sync.Mutex
	chunks []*[chunk]elementVariables
}

const chunk = 8

type elementVariables struct{ value, taken uint64 }

var (
	sendsKind    = sim.Kind{Name: "sync.Chan sends", Chain: true, Format: formatSends}
	receivesKind = sim.Kind{Name: "sync.Chan receives", Chain: true}
	closingKind  = sim.Kind{Name: "sync.Chan close"}
	takenKind    = sim.Kind{Name: "sync.Chan receive"}
	nilChanKind  = sim.Kind{Name: "nil sync.Chan"}
)

// The value of sends: twice the number of tickets, and whether the channel is closed.
const isClosed = 1

func formatSends(w sim.Word) string {
	if w.Bits&isClosed != 0 {
		return fmt.Sprintf("%d, closed", w.Bits/2)
	}
	return fmt.Sprint(w.Bits / 2)
}

// The bits of an element's value; the pointer is to the T that was sent, which nobody changes.
const (
	elementEmpty = iota
	elementSent
	elementClosed
)

func formatElement[T any](w sim.Word) string {
	switch w.Bits {
	case elementEmpty:
		return "empty"
	case elementClosed:
		return "closed"
	}
	return fmt.Sprint(*(*T)(w.Ptr))
}

func (c *channel[T]) sendsVar() sim.Var { return variableAt(unsafe.Pointer(&c.sends), &sendsKind) }
func (c *channel[T]) receivesVar() sim.Var {
	return variableAt(unsafe.Pointer(&c.receives), &receivesKind)
}
func (c *channel[T]) closingVar() sim.Var {
	return variableAt(unsafe.Pointer(&c.closing), &closingKind)
}
func (c *channel[T]) valueVar(n uint64) sim.Var {
	return variableAt(unsafe.Pointer(&c.at(n).value), c.element)
}
func (c *channel[T]) takenVar(n uint64) sim.Var {
	return variableAt(unsafe.Pointer(&c.at(n).taken), &takenKind)
}

// at returns the variables of an element. Explorations of a channel that
// outlives them may run at the same time; within one, only one thread runs.
func (c *channel[T]) at(n uint64) *elementVariables {
	c.mu.Lock()
	defer c.mu.Unlock()
	for uint64(len(c.chunks)) <= n/chunk {
		c.chunks = append(c.chunks, new([chunk]elementVariables))
	}
	return &c.chunks[n/chunk][n%chunk]
}

func (c *channel[T]) capacity() uint64 { return uint64(cap(c.native)) }

func (c Chan[T]) native() chan T {
	if c.c == nil {
		return nil
	}
	return c.c.native
}

// Send sends v. It waits for room, or, on a channel without a buffer, for the receiver.
func (c Chan[T]) Send(v T) {
	th := sim.Current()
	if th == nil {
		c.native() <- v
		return
	}
	if c.c == nil {
		waitForever(th)
	}
	c.c.send(th, v)
}

// Recv receives a value. On a channel that is closed, and of which all that was
// sent is received, it returns the zero value and false.
func (c Chan[T]) Recv() (v T, ok bool) {
	th := sim.Current()
	if th == nil {
		v, ok = <-c.native()
		return v, ok
	}
	if c.c == nil {
		waitForever(th)
	}
	return c.c.receive(th)
}

// TrySend sends v if it need not wait, and reports whether it did.
func (c Chan[T]) TrySend(v T) bool {
	th := sim.Current()
	if th != nil {
		return c.c != nil && (c.c.trySend(th, v) || c.c.capacity() == 0 && c.c.sendToSelect(th, &v, onlyWaiting))
	}
	select {
	case c.native() <- v:
		return true
	default:
		return false
	}
}

// TryRecv receives if it need not wait, and reports whether it did: done. The
// other results are those of Recv.
func (c Chan[T]) TryRecv() (v T, ok, done bool) {
	th := sim.Current()
	if th != nil {
		if c.c == nil {
			return v, false, false
		}
		if v, ok, done = c.c.tryReceive(th); !done && c.c.capacity() == 0 {
			v, done = c.c.receiveFromSelect(th, onlyWaiting)
			ok = done
		}
		return v, ok, done
	}
	select {
	case v, ok = <-c.native():
		return v, ok, true
	default:
		return v, false, false
	}
}

// Close closes c. It panics if c is closed or nil.
func (c Chan[T]) Close() {
	th := sim.Current()
	if th == nil || c.c == nil {
		close(c.native())
		return
	}
	c.c.close(th)
}

// Len returns how many values are sent and not received. Under exploration it
// may, as any load, be out of date.
func (c Chan[T]) Len() int {
	th := sim.Current()
	if th == nil || c.c == nil {
		return len(c.native())
	}
	sent := th.Load(c.c.sendsVar(), silent).Bits / 2
	received := th.Load(c.c.receivesVar(), silent).Bits
	if received >= sent {
		return 0
	}
	return int(min(sent-received, c.c.capacity()))
}

// Cap returns the capacity of c.
func (c Chan[T]) Cap() int { return cap(c.native()) }

// All receives values until c is closed.
func (c Chan[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for {
			v, ok := c.Recv()
			if !ok || !yield(v) {
				return
			}
		}
	}
}

func (c *channel[T]) send(th sim.Thread, v T) {
	old, did := th.Update(c.sendsVar(), takeSend, sim.Word{}, sim.Word{}, silent, silent)
	if did == sim.Keep {
		panicAsGo(sendOnClosed)
	}
	c.put(th, old.Bits/2, v)
}

// put completes the send of that number.
func (c *channel[T]) put(th sim.Thread, n uint64, v T) {
	capacity := c.capacity()
	if capacity > 0 && n >= capacity {
		th.Update(c.takenVar(n-capacity), awaitOne, sim.Word{}, sim.Word{}, silent, sim.Acquire)
	}
	sent := new(T)
	*sent = v
	th.Store(c.valueVar(n), sim.Word{Bits: elementSent, Ptr: unsafe.Pointer(sent)}, sim.Release)
	if capacity == 0 {
		th.Update(c.takenVar(n), awaitOne, sim.Word{}, sim.Word{}, silent, sim.Acquire)
	}
}

func (c *channel[T]) receive(th sim.Thread) (v T, ok bool) {
	old, _ := th.Update(c.receivesVar(), takeReceive, sim.Word{}, sim.Word{}, silent, silent)
	return c.get(th, old.Bits)
}

// get completes the receive of that number.
func (c *channel[T]) get(th sim.Thread, n uint64) (v T, ok bool) {
	w, _ := th.Update(c.valueVar(n), awaitOne, sim.Word{}, sim.Word{}, silent, sim.Acquire)
	if w.Bits == elementClosed {
		th.Store(c.valueVar(n+1), w, silent)
		c.seeClosed(th)
		return v, false
	}
	th.Store(c.takenVar(n), sim.Bits(1), sim.Release)
	return *(*T)(w.Ptr), true
}

// seeClosed makes the close happen before what follows.
func (c *channel[T]) seeClosed(th sim.Thread) {
	th.Update(c.closingVar(), awaitOne, sim.Word{}, sim.Word{}, silent, sim.Acquire)
}

// trySend takes a number only if the receive that makes room for it, or is its
// partner, has one: then it is certain to come. Its own kind of number it looks at first, since the other may only
// grow: what it finds full was full when it looked last.
func (c *channel[T]) trySend(th sim.Thread, v T) bool {
	for {
		sends := th.Load(c.sendsVar(), silent).Bits
		limit := th.Load(c.receivesVar(), silent).Bits + c.capacity()
		if sends&isClosed == 0 {
			if sends/2 >= limit {
				return false
			}
			old, did := th.Update(c.sendsVar(), takeSendBelow, sim.Bits(limit), sim.Word{}, silent, silent)
			if did == sim.Write {
				c.put(th, old.Bits/2, v)
				return true
			}
			sends = old.Bits
		}
		if sends&isClosed != 0 {
			panicAsGo(sendOnClosed)
		}
	}
}

// tryReceive takes a number only if the send of that number has: then it is
// certain to come.
func (c *channel[T]) tryReceive(th sim.Thread) (v T, ok, done bool) {
	for {
		received := th.Load(c.receivesVar(), silent).Bits
		sends := th.Load(c.sendsVar(), silent).Bits
		switch {
		case received < sends/2:
			old, did := th.Update(c.receivesVar(), takeReceiveBelow, sim.Bits(sends/2), sim.Word{}, silent, silent)
			if did == sim.Write {
				v, ok = c.get(th, old.Bits)
				return v, ok, true
			}
		case sends&isClosed != 0:
			c.seeClosed(th)
			return v, false, true
		default:
			return v, false, false
		}
	}
}

func (c *channel[T]) close(th sim.Thread) {
	old, did := th.Update(c.sendsVar(), closeSends, sim.Word{}, sim.Word{}, silent, silent)
	if did == sim.Keep {
		panicAsGo(closeOfClosed)
	}
	th.Store(c.closingVar(), sim.Bits(1), sim.Release)
	th.Store(c.valueVar(old.Bits/2), sim.Bits(elementClosed), silent)
}

func takeSend(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits&isClosed != 0 {
		return old, sim.Keep
	}
	return sim.Bits(old.Bits + 2), sim.Write
}

func takeSendBelow(old, limit, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits&isClosed != 0 || old.Bits/2 >= limit.Bits {
		return old, sim.Keep
	}
	return sim.Bits(old.Bits + 2), sim.Write
}

func takeReceive(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	return sim.Bits(old.Bits + 1), sim.Write
}

func takeReceiveBelow(old, limit, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits >= limit.Bits {
		return old, sim.Keep
	}
	return sim.Bits(old.Bits + 1), sim.Write
}

func closeSends(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits&isClosed != 0 {
		return old, sim.Keep
	}
	return sim.Bits(old.Bits | isClosed), sim.Write
}

// waitForever is an operation on the nil channel.
func waitForever(th sim.Thread) {
	th.Update(variableAt(unsafe.Pointer(&nilChanKind), &nilChanKind), block, sim.Word{}, sim.Word{}, silent, silent)
}

func block(old, _, _ sim.Word) (sim.Word, sim.Verdict) { return old, sim.Block }

// panicAsGo panics as the operation does that Go's own channels panic on, so
// that the panic has the value that callers may look for.
func panicAsGo(operation func(closed chan struct{})) {
	c := make(chan struct{})
	close(c)
	operation(c)
}

func sendOnClosed(c chan struct{})  { c <- struct{}{} }
func closeOfClosed(c chan struct{}) { close(c) }
