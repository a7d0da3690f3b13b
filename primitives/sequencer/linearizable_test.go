package sequencer_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequencer"
)

const capacity = 2

type handles struct {
	p [2]*sequencer.Producer[int] // the second is nil if there is a single one
	c [2]*sequencer.Consumer[int]
}

// log is the specification's state.
type log struct {
	values []int  // 0: abandoned
	read   [2]int // by consumer
}

// promise says what of a sequencer is tested.
type promise struct {
	options []sequencer.Option
	many    bool // two producers
	after   bool // the second consumer comes after the first
	abandon bool // some claims are abandoned
	// Which side is exact: it fails only if there is no room, or nothing to be read. See specs/sequencer.md.
	producers, consumers bool
	calls                int // of a client, at most
}

func (p promise) subject() proptest.Subject[*handles, log] {
	subject := proptest.Subject[*handles, log]{
		New: func(int) *handles {
			s := sequencer.New[int](capacity, p.options...)
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

func (p promise) send(i int) proptest.Operation[*handles, log] {
	return proptest.Operation[*handles, log]{
		Name:     "TrySend",
		Role:     fmt.Sprint("producer ", i),
		Argument: rapid.IntRange(10*i+1, 10*i+9),
		Call:     func(h *handles, _, v int) any { return h.p[i].TrySend(v) },
		Step:     func(s log, v int, result any) (log, bool) { return p.append(s, v, result.(bool)) },
	}
}

func (p promise) giveUp(i int) proptest.Operation[*handles, log] {
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

func (p promise) append(s log, v int, sent bool) (log, bool) {
	free := capacity - (len(s.values) - min(s.read[0], s.read[1]))
	if !sent {
		return s, free <= 0 || !p.producers
	}
	s.values = append(slices.Clip(s.values), v)
	// A consumer releases abandoned slots in the middle of a call: the specification's is then behind.
	return s, free > 0 || p.abandon
}

func (p promise) next(i int) proptest.Operation[*handles, log] {
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

var promises = map[string]promise{
	"producer":    {calls: 6, producers: true},
	"consumers":   {calls: 6, consumers: true, after: true, abandon: true},
	"blocking":    {calls: 6, options: []sequencer.Option{sequencer.Blocking()}, producers: true},
	"many":        {calls: 6, options: []sequencer.Option{sequencer.MultiProducer()}, many: true, abandon: true},
	"locked":      {calls: 4, options: []sequencer.Option{sequencer.Locked()}, producers: true, consumers: true},
	"locked-many": {calls: 4, options: []sequencer.Option{sequencer.Locked()}, many: true, producers: true},
}

func TestLinearizable(t *testing.T) {
	for name, p := range promises {
		t.Run(name, func(t *testing.T) {
			proptest.Check(t, p.subject(), proptest.Total(p.calls), proptest.Executions(5_000))
		})
	}
}

func TestLinearizableNatively(t *testing.T) {
	for name, p := range promises {
		t.Run(name, func(t *testing.T) { proptest.Stress(t, p.subject(), proptest.Rounds(20)) })
	}
}

// Without the release of the count, a consumer reads a slot that is not filled yet.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one item", Body: func(*explorer.T) {
		s := sequencer.New[int](1)
		c := s.Consumer()
		s.Producer().Send(1)
		c.Next()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("single.publish/count.Store=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, promises["producer"].subject(), proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
