package epoch_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/epoch"
	"github.com/weakmem/litmus/primitives/mem"
)

func TestSection(t *testing.T) {
	var d epoch.Domain
	reader, writer := d.Join(), d.Join()
	freed := 0
	retire := func() { writer.Retire(epoch.Func(func() { freed++ })) }
	collect := func() {
		for range 5 {
			writer.Collect()
		}
	}

	retire()
	collect()
	require.Equal(t, 1, freed)

	reader.Pin()
	reader.Pin()
	retire()
	collect()
	require.Equal(t, 1, freed)
	reader.Unpin()
	collect()
	require.Equal(t, 1, freed, "the outer section is open")
	reader.Unpin()
	collect()
	require.Equal(t, 2, freed)
	require.Zero(t, writer.Pending())
}

// What is retired is freed in the order in which it was, once.
func TestOrder(t *testing.T) {
	var d epoch.Domain
	p := d.Join()
	var freed, want []int
	for i := range 1000 {
		p.Retire(epoch.Func(func() { freed = append(freed, i) }))
		want = append(want, i)
		require.LessOrEqual(t, p.Pending(), 3*epoch.Batch)
	}
	require.NotEmpty(t, freed)
	p.Leave()
	d.Drain()
	require.Equal(t, want, freed)
}

// A participant that stays pinned holds up all frees.
func TestStalled(t *testing.T) {
	var d epoch.Domain
	stalled, p := d.Join(), d.Join()
	stalled.Pin()
	for range 10 * epoch.Batch {
		p.Retire(mem.New(1))
	}
	require.Equal(t, 10*epoch.Batch, p.Pending())
	stalled.Unpin()
	p.Collect()
	p.Collect()
	require.Zero(t, p.Pending())
}

// INV-EPOCH-6
func TestLeave(t *testing.T) {
	var d epoch.Domain
	reader, writer := d.Join(), d.Join()
	freed := false
	reader.Pin()
	writer.Retire(epoch.Func(func() { freed = true }))
	writer.Leave()
	d.Drain()
	require.False(t, freed)
	heir := d.Join() // the writer's record
	require.Equal(t, 1, heir.Pending())
	reader.Unpin()
	heir.Collect()
	heir.Leave()
	require.True(t, freed)
}

func TestMisuse(t *testing.T) {
	var d epoch.Domain
	p := d.Join()
	require.PanicsWithValue(t, "epoch: Unpin without Pin", p.Unpin)
	require.PanicsWithValue(t, "epoch: Retire: nothing is given to be freed", func() { p.Retire(nil) })
	q := d.Join()
	q.Retire(epoch.Func(q.Pin))
	q.Collect()
	require.PanicsWithValue(t, "epoch: a participant is used by what it frees", q.Collect)

	p.Pin()
	require.PanicsWithValue(t, "epoch: Leave of a participant that is pinned", p.Leave)
	p.Unpin()
	p.Leave()
	for name, f := range map[string]func(){
		"Pin":     p.Pin,
		"Unpin":   p.Unpin,
		"Retire":  func() { p.Retire(mem.New(1)) },
		"Collect": p.Collect,
		"Leave":   p.Leave,
	} {
		require.PanicsWithValue(t, "epoch: a participant is used after Leave", f, name)
	}
}

// Readers that join and leave use blocks that writers replace: mem panics if one is free.
func TestNatively(t *testing.T) {
	rounds := 5000
	if testing.Short() {
		rounds = 500
	}
	var d epoch.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(0))
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			w := d.Join()
			for n := range rounds {
				w.Retire(a.Swap(mem.New(n), atomic.Release))
			}
			w.Leave()
		})
		wg.Go(func() {
			for range rounds / 50 {
				r := d.Join()
				for range 50 {
					r.Pin()
					a.Load(atomic.Acquire).Load()
					r.Unpin()
				}
				r.Leave()
			}
		})
	}
	wg.Wait()
	d.Drain()
	last := d.Join()
	require.Zero(t, last.Pending())
	last.Leave()
}

func TestAllocations(t *testing.T) {
	var d epoch.Domain
	p := d.Join()
	blocks := make([]mem.Handle[int], 1200)
	for i := range blocks {
		blocks[i] = mem.New(i)
	}
	next := func() {
		p.Pin()
		p.Unpin()
		p.Retire(blocks[0])
		blocks = blocks[1:]
	}
	for range 500 {
		next()
	}
	require.Zero(t, testing.AllocsPerRun(500, next))
}
