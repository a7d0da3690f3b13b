package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
)

// deaf is a flag that is never seen to be raised.
var deaf = proptest.Subject[*atomic.Bool, bool]{
	New:  func(int) *atomic.Bool { return new(atomic.Bool) },
	Init: func() bool { return false },
	Operations: []proptest.Operation[*atomic.Bool, bool]{
		{
			Name: "Raise",
			Call: func(*atomic.Bool, int, int) any { return nil },
			Step: func(bool, int, any) (bool, bool) { return true, true },
		},
		{
			Name: "Raised",
			Call: func(b *atomic.Bool, _, _ int) any { return b.Load() },
			Step: func(s bool, _ int, result any) (bool, bool) { return s, result == s },
		},
	},
}

func deafClients() *clients {
	subject := catalog.Subject{Name: "deaf", Stress: func(ctx context.Context, progress func(proptest.Tally), options ...proptest.Option) (proptest.Tally, error) {
		return proptest.Run(ctx, deaf, progress, options...)
	}}
	return &clients{protocol: "flag", subject: subject, time: time.Minute, seed: 7}
}

func TestStressAllProtocols(t *testing.T) {
	var stdout bytes.Buffer
	require.NoError(t, stressProtocols(t.Context(), []string{"all"}, time.Millisecond, 0, "json", &stdout, io.Discard))
	seen := map[string]bool{}
	for lines := json.NewDecoder(&stdout); lines.More(); {
		var line map[string]any
		require.NoError(t, lines.Decode(&line))
		seen[line["protocol"].(string)] = true
		assert.Equal(t, true, line["ok"], line)
		assert.NotZero(t, line["clients"], line)
		assert.NotZero(t, line["seed"], line)
	}
	assert.Len(t, seen, len(catalog.All()))
}

func TestStressFindsWhatIsBroken(t *testing.T) {
	var stdout bytes.Buffer
	err := stressClients(t.Context(), []*clients{deafClients()}, "table", &stdout, io.Discard)
	require.EqualError(t, err, "1 of 1 specifications broken")
	require.Equal(t, exitMismatch, err.(*exitError).code)
	require.Regexp(t, `✗ FAILED: not linearizable\n\nflag/deaf, client \d+ of seed 7: not linearizable\n\n  thread \d  `, stdout.String())
	require.Contains(t, stdout.String(), "Raised() = false\n")

	stdout.Reset()
	require.Error(t, stressClients(t.Context(), []*clients{deafClients()}, "json", &stdout, io.Discard))
	var line struct {
		OK      bool
		Clients int
		Failure struct {
			Client        int
			Message, Text string
		}
	}
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &line))
	assert.False(t, line.OK)
	assert.Equal(t, line.Clients, line.Failure.Client)
	assert.Equal(t, "not linearizable", line.Failure.Message)
	assert.Contains(t, line.Failure.Text, "No order of the calls explains what they returned.")
}

// What was done before an interrupt is shown.
func TestStressIsInterrupted(t *testing.T) {
	ring, _ := catalog.Named("ring")
	ctx, cancel := context.WithCancel(t.Context())
	first := ring.Subjects[0]
	stress := first.Stress
	first.Stress = func(ctx context.Context, progress func(proptest.Tally), options ...proptest.Option) (proptest.Tally, error) {
		return stress(ctx, func(now proptest.Tally) {
			progress(now)
			cancel()
		}, options...)
	}
	var stdout bytes.Buffer
	err := stressClients(ctx, []*clients{
		{protocol: "ring", subject: first, time: time.Minute, seed: 1},
		{protocol: "ring", subject: ring.Subjects[1], time: time.Minute, seed: 1},
	}, "table", &stdout, io.Discard)
	require.EqualError(t, err, "interrupted: clients of 2 of 2 specifications not run to the end")
	require.Equal(t, exitInterrupted, err.(*exitError).code)
	require.Regexp(t, `\nring      producer       1        100 .* interrupted\n$`, stdout.String())
}

func TestStressBarShowsClients(t *testing.T) {
	var out bytes.Buffer
	b := startStressBar(&out, 2)
	c := deafClients()
	c.done, c.elapsed = proptest.Tally{Clients: 3, Calls: 24_000}, 12*time.Second
	b.clients(1, c)
	assert.Contains(t, out.String(), "flag/deaf: 3 clients, 2.0k calls/s")
	assert.EqualValues(t, 1.2*whole, b.bar.State().CurrentNum)
}

func TestStressProtocolsRefuses(t *testing.T) {
	for says, run := range map[string]func(ctx context.Context) error{
		"unknown protocol rang: the protocols are account, ": func(ctx context.Context) error {
			return stressProtocols(ctx, []string{"ring", "rang"}, time.Second, 1, "table", io.Discard, io.Discard)
		},
		"--time 0s: expected more than 0": func(ctx context.Context) error {
			return stressProtocols(ctx, []string{"ring"}, 0, 1, "table", io.Discard, io.Discard)
		},
	} {
		require.ErrorContains(t, run(t.Context()), says)
	}
}
