package catalog

import (
	"context"
	"maps"
	"slices"

	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

// Subject is a protocol and its sequential specification, by which drawn clients are judged that run on real goroutines.
type Subject struct {
	Name string // "producer": what of the protocol is specified, or which of its promises
	// Stress is [proptest.Run] of the subject.
	Stress func(ctx context.Context, progress func(proptest.Tally), options ...proptest.Option) (proptest.Tally, error)
}

// subject is one whose clients are drawn by the options given here, and then by those given to Stress.
func subject[I, S any](name string, s proptest.Subject[I, S], own ...proptest.Option) Subject {
	return Subject{name, func(ctx context.Context, progress func(proptest.Tally), options ...proptest.Option) (proptest.Tally, error) {
		return proptest.Run(ctx, s, progress, append(own[:len(own):len(own)], options...)...)
	}}
}

func lockSubjects(newLock func() sequential.Lock) []Subject {
	return []Subject{
		subject("sections", sequential.LockSections(newLock)),
		subject("attempts", sequential.LockAttempts(newLock)),
	}
}

func sequencerSubjects() (all []Subject) {
	for _, name := range slices.Sorted(maps.Keys(sequential.Sequencer)) {
		all = append(all, subject(name, sequential.Sequencer[name].Subject()))
	}
	return all
}
