package sequential

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequencer"
)

const sequencerCapacity = 2

type handles struct {
	p [2]*sequencer.Producer[int] // the second is nil if there is a single one
	c [2]*sequencer.Consumer[int]
}

// log is the specification's state.
type log struct {
	values []int  // 0: abandoned
	read   [2]int // by consumer
}

// Promise says what of a sequencer is tested.
type Promise struct {
	options []sequencer.Option
	many    bool // two producers
	after   bool // the second consumer comes after the first
	abandon bool // some claims are abandoned
	// Which side is exact: it fails only if there is no room, or nothing to be read. See specs/sequencer.md.
	producers, consumers bool
	Calls                int // of a client that is explored, at most
}

// Subject is a sequencer of two slots and two consumers.
func (p Promise) Subject() proptest.Subject[*handles, log] {
	subject := proptest.Subject[*handles, log]{
		New: func(int) *handles {
			s := sequencer.New[int](sequencerCapacity, p.options...)
			h := new(handles)
			h.c[0] = s.Consumer()
			if p.after {
				h.c[1] = s.Consumer(h.c[0])
			} else {
				h.c[1] = s.Consumer()
			}
			h.p[0] = s.Producer()
			if p.many {
				h.p[1] = s.Producer()
			}
			return h
		},
		Init:  func() log { return log{} },
		Equal: func(a, b log) bool { return a.read == b.read && slices.Equal(a.values, b.values) },
	}
	for i := range 2 {
		subject.Operations = append(subject.Operations, p.next(i))
		if i == 0 || p.many {
			subject.Operations = append(subject.Operations, p.send(i))
			if p.abandon {
				subject.Operations = append(subject.Operations, p.giveUp(i))
			}
		}
	}
	return subject
}

func (p Promise) send(i int) proptest.Operation[*handles, log] {
	return proptest.Operation[*handles, log]{
		Name:     "TrySend",
		Role:     fmt.Sprint("producer ", i),
		Argument: rapid.IntRange(10*i+1, 10*i+9),
		Call:     func(h *handles, _, v int) any { return h.p[i].TrySend(v) },
		Step:     func(s log, v int, result any) (log, bool) { return p.append(s, v, result.(bool)) },
	}
}

func (p Promise) giveUp(i int) proptest.Operation[*handles, log] {
	return proptest.Operation[*handles, log]{
		Name: "Abandon",
		Role: fmt.Sprint("producer ", i),
		Call: func(h *handles, _, v int) any {
			claim, ok := h.p[i].TryClaim(1)
			if ok {
				claim.Abandon()
			}
			return ok
		},
		Step: func(s log, _ int, result any) (log, bool) { return p.append(s, 0, result.(bool)) },
	}
}

func (p Promise) append(s log, v int, sent bool) (log, bool) {
	free := sequencerCapacity - (len(s.values) - min(s.read[0], s.read[1]))
	if !sent {
		return s, free <= 0 || !p.producers
	}
	s.values = append(slices.Clip(s.values), v)
	// A consumer releases abandoned slots in the middle of a call: the specification's is then behind.
	return s, free > 0 || p.abandon
}

func (p Promise) next(i int) proptest.Operation[*handles, log] {
	return proptest.Operation[*handles, log]{
		Name: "TryNext",
		Role: fmt.Sprint("consumer ", i),
		Call: func(h *handles, _, _ int) any {
			slot, ok := h.c[i].TryNext()
			if !ok {
				return 0
			}
			v := slot.Load()
			h.c[i].Release()
			return v
		},
		Step: func(s log, _ int, result any) (log, bool) {
			limit := len(s.values)
			if p.after && i == 1 {
				limit = s.read[0]
			}
			at := s.read[i]
			for at < limit && s.values[at] == 0 {
				at++
			}
			switch {
			case result != 0:
				ok := at < limit && s.values[at] == result
				s.read[i] = at + 1
				return s, ok
			case p.consumers:
				s.read[i] = at
				return s, at == limit
			}
			return s, true
		},
	}
}

// Sequencer is the promises of sequencers, by what is exact or how they are made.
var Sequencer = map[string]Promise{
	"producer":    {Calls: 6, producers: true},
	"consumers":   {Calls: 6, consumers: true, after: true, abandon: true},
	"blocking":    {Calls: 6, options: []sequencer.Option{sequencer.Blocking()}, producers: true},
	"many":        {Calls: 6, options: []sequencer.Option{sequencer.MultiProducer()}, many: true, abandon: true},
	"locked":      {Calls: 4, options: []sequencer.Option{sequencer.Locked()}, producers: true, consumers: true},
	"locked-many": {Calls: 4, options: []sequencer.Option{sequencer.Locked()}, many: true, producers: true},
}
