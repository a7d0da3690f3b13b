package proptest

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/anishathalye/porcupine"
)

// history is what the calls of a client, numbered thread by thread, did in one execution.
type history struct {
	results  []any
	returned []bool
	before   []uint64 // for each call, the set of those that precede it
}

func newHistory(calls int) *history {
	return &history{make([]any, calls), make([]bool, calls), make([]uint64, calls)}
}

// verdict says what is wrong with a history: nothing, if it is empty.
type verdict struct{ message, details string }

// judge decides which histories of one client the specification explains.
type judge[I, S any] struct {
	plan
	subject *Subject[I, S]

	mu      sync.Mutex
	key     []byte
	known   map[any]int // results that can be compared with ==, numbered
	other   []any       // those that cannot
	verdict map[string]verdict
}

func newJudge[I, S any](s *Subject[I, S], c client) *judge[I, S] {
	return &judge[I, S]{
		plan: c.plan(), subject: s,
		known: map[any]int{}, verdict: map[string]verdict{},
	}
}

// check judges a history. It may be called on several goroutines.
func (j *judge[I, S]) check(h *history) verdict {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.key = j.key[:0]
	for i, r := range h.results {
		j.key = binary.AppendVarint(j.key, int64(j.number(r)))
		j.key = binary.AppendUvarint(j.key, h.before[i])
	}
	if v, ok := j.verdict[string(j.key)]; ok {
		return v
	}
	v := j.decide(h)
	j.verdict[string(j.key)] = v
	return v
}

// number returns a number that equal results share: positive if they can be compared with ==.
func (j *judge[I, S]) number(result any) int {
	if result == nil {
		return 0
	}
	if v := reflect.ValueOf(result); v.Comparable() {
		n, ok := j.known[result]
		if !ok {
			n = len(j.known) + 1
			j.known[result] = n
		}
		return n
	}
	for i, r := range j.other {
		if reflect.DeepEqual(r, result) {
			return -1 - i
		}
	}
	j.other = append(j.other, result)
	return -len(j.other)
}

// state is that of the specification, and the set of calls that led there.
type state[S any] struct {
	done uint64
	spec S
}

func (j *judge[I, S]) decide(h *history) verdict {
	equal := j.subject.Equal
	if equal == nil {
		equal = func(a, b S) bool { return reflect.DeepEqual(a, b) }
	}
	var broken string // a panic of the specification, which must not be that of a goroutine of porcupine's
	init := func() (first state[S]) {
		defer func() {
			if p := recover(); p != nil {
				broken = fmt.Sprintf("Init panics: %v\n%s", p, debug.Stack())
			}
		}()
		first.spec = j.subject.Init()
		return first
	}
	step := func(from state[S], n int) (ok bool, to state[S]) {
		if h.before[n]&^from.done != 0 || broken != "" {
			return false, from
		}
		a := j.call(n)
		defer func() {
			if p := recover(); p != nil {
				broken = fmt.Sprintf("Step panics at %s: %v\n%s", j.made(h, n), p, debug.Stack())
				ok = false
			}
		}()
		spec, ok := j.subject.Operations[a.operation].Step(from.spec, a.argument, h.results[n])
		return ok, state[S]{from.done | 1<<n, spec}
	}
	model := porcupine.Model{
		Init: func() any { return init() },
		Step: func(s, n, _ any) (bool, any) {
			ok, to := step(s.(state[S]), n.(int))
			return ok, to
		},
		Equal: func(a, b any) bool {
			return a.(state[S]).done == b.(state[S]).done && equal(a.(state[S]).spec, b.(state[S]).spec)
		},
		Hash: func(s any) uint64 { return s.(state[S]).done },
	}
	operations := make([]porcupine.Operation, j.calls)
	for n := range operations {
		operations[n] = porcupine.Operation{Input: n, Call: 0, Return: 1}
	}
	if porcupine.CheckOperations(model, operations) {
		return verdict{}
	}
	if broken != "" {
		return verdict{"broken specification", broken}
	}
	_, info := porcupine.CheckOperationsVerbose(model, operations, 0)
	return verdict{notLinearizable, j.explain(h, longest(info), init(), step)}
}

// longest returns the longest sequence of calls that the specification explains; of several, the first.
func longest(info porcupine.LinearizationInfo) []int {
	var best []int
	for _, partition := range info.PartialLinearizations() {
		for _, p := range partition {
			if len(p) > len(best) || len(p) == len(best) && slices.Compare(p, best) < 0 {
				best = p
			}
		}
	}
	return best
}

// explain says why a history is not linearizable.
func (j *judge[I, S]) explain(h *history, partial []int, s state[S], step func(state[S], int) (bool, state[S])) string {
	var b strings.Builder
	b.WriteString("No order of the calls explains what they returned.")
	if len(partial) > 0 {
		b.WriteString(" The specification goes along with")
		for _, n := range partial {
			_, s = step(s, n)
			b.WriteString("\n    " + j.made(h, n))
		}
		b.WriteString("\nIt is then")
	} else {
		b.WriteString(" The specification is at first")
	}
	fmt.Fprintf(&b, " in state %+v, where it allows none of those that can come next:", s.spec)
	for n := range j.calls {
		if s.done>>n&1 == 0 && h.before[n]&^s.done == 0 {
			b.WriteString("\n    " + j.made(h, n))
		}
	}
	return b.String()
}

// made returns a call with its thread and what it returned.
func (j *judge[I, S]) made(h *history, n int) string {
	return j.names[j.thread[n]] + ": " + result(j.text[n], h.results[n])
}

// result returns a call with what it returned.
func result(call string, r any) string {
	if r == nil {
		return call
	}
	return call + " = " + show(r)
}

func show(r any) string { return fmt.Sprintf("%+v", r) }

// rejection returns the message of the verdict that has the details.
func (j *judge[I, S]) rejection(details string) (message string, ok bool) {
	for _, v := range j.verdict {
		if v.details != "" && v.details == details {
			return v.message, true
		}
	}
	return "", false
}
