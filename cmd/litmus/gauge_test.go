package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/catalog"
)

// The gauge counts what is done whole, and what takes long by its estimate.
func TestGauge(t *testing.T) {
	stores := catalog.Program{Name: "stores", Body: func(x *explorer.T) {
		var n atomic.Int32
		for range 4 {
			x.Go("writer", func() { n.Store(1, atomic.Relaxed) })
		}
	}}
	var all []*exploration
	for range 4 {
		all = append(all, &exploration{protocol: latch[0], program: stores, model: "rc11"})
	}
	var out bytes.Buffer
	g := startGauge(&out, all)
	g.done(all[0])
	all[1].runs.Store(12)
	g.draw(t.Context())
	assert.Equal(t, 1*whole, int(g.bar.State().CurrentNum))

	g.mu.Lock()
	g.begun[all[1]] = time.Now().Add(-lengthy - time.Second)
	g.mu.Unlock()
	g.draw(t.Context()) // starts the estimate
	assert.Eventually(t, func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.expected[all[1]] > 0
	}, 10*time.Second, time.Millisecond)
	g.draw(t.Context())
	assert.InDelta(t, 1.5*whole, int(g.bar.State().CurrentNum), 0.1*whole, "12 of 24 runs")
	all[1].runs.Store(1000)
	g.draw(t.Context())
	assert.Equal(t, 1990, int(g.bar.State().CurrentNum), "estimates may be wrong")
	g.aside(func() { out.WriteString("aside") })
	g.stop()
	g.stop()
	assert.Contains(t, out.String(), "latch/stores under rc11: 12 runs of about 24")
	assert.Contains(t, out.String(), "aside")
}
