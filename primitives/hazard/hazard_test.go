package hazard_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/hazard"
	"github.com/weakmem/litmus/primitives/mem"
)

func isFree(h mem.Handle[int]) (free bool) {
	defer func() { free = recover() != nil }()
	h.Load()
	return
}

func TestProtect(t *testing.T) {
	d := hazard.New[int](2)
	reader, writer := d.Join(), d.Join()
	var a mem.Atomic[int]
	require.True(t, reader.Protect(0, &a).IsNil())

	a.Store(mem.New(1))
	h := reader.Protect(0, &a)
	require.Equal(t, 1, h.Load())
	require.True(t, reader.Protect(1, &a) == h)
	writer.Retire(a.Swap(mem.Handle[int]{}))
	reader.Clear(0)
	writer.Scan()
	require.Equal(t, 1, h.Load())
	require.Equal(t, 1, writer.Pending())
	reader.Clear(1)
	writer.Scan()
	require.True(t, isFree(h))
	require.Zero(t, writer.Pending())
}

func TestRetireFunc(t *testing.T) {
	d := hazard.New[int](1)
	p := d.Join()
	var back []mem.Handle[int]
	h := mem.New(1)
	p.RetireFunc(h, func(h mem.Handle[int]) { back = append(back, h) })
	p.Scan()
	require.Equal(t, []mem.Handle[int]{h}, back)
	require.False(t, isFree(h))
}

// INV-HAZARD-4
func TestLeave(t *testing.T) {
	d := hazard.New[int](1)
	reader, writer := d.Join(), d.Join()
	var a mem.Atomic[int]
	a.Store(mem.New(1))
	h := reader.Protect(0, &a)
	writer.Retire(h)
	writer.Leave()
	d.Drain()
	require.False(t, isFree(h))

	heir := d.Join() // the writer's record
	require.Equal(t, 1, heir.Pending())
	reader.Leave() // clears
	heir.Leave()
	require.True(t, isFree(h))
}

// Garbage is at most twice the slots, whatever readers do.
func TestBound(t *testing.T) {
	const participants, slots = 3, 2
	d := hazard.New[int](slots)
	var sources [participants * slots]mem.Atomic[int]
	var ps []*hazard.Participant[int]
	for i := range participants {
		p := d.Join()
		ps = append(ps, p)
		for s := range slots {
			source := &sources[i*slots+s]
			source.Store(mem.New(1))
			p.Protect(s, source)
		}
	}
	most := 0
	for i := range sources {
		ps[0].Retire(sources[i].Load())
	}
	for range 100 {
		ps[0].Retire(mem.New(2))
		most = max(most, ps[0].Pending())
	}
	require.LessOrEqual(t, most, 2*participants*slots)
	ps[0].Scan()
	require.Equal(t, participants*slots, ps[0].Pending())
	for _, p := range ps {
		p.Leave()
	}
	d.Drain()
	for i := range sources {
		require.True(t, isFree(sources[i].Load()))
	}
}

func TestMisuse(t *testing.T) {
	require.PanicsWithValue(t, "hazard: New: 0 slots for each participant, at least 1 is needed", func() { hazard.New[int](0) })
	d := hazard.New[int](2)
	p := d.Join()
	var a mem.Atomic[int]
	require.PanicsWithValue(t, "hazard: slot 2: participants of this domain have slots 0 to 1", func() { p.Protect(2, &a) })
	require.PanicsWithValue(t, "hazard: slot -1: participants of this domain have slots 0 to 1", func() { p.Clear(-1) })
	require.PanicsWithValue(t, "hazard: Retire: the handle is nil, a block is needed", func() { p.Retire(mem.Handle[int]{}) })
	q := d.Join()
	q.RetireFunc(mem.New(1), func(mem.Handle[int]) { q.Clear(0) })
	require.PanicsWithValue(t, "hazard: a participant is used by what it frees", q.Scan)

	p.Leave()
	for name, f := range map[string]func(){
		"Protect": func() { p.Protect(0, &a) },
		"Clear":   func() { p.Clear(0) },
		"Retire":  func() { p.Retire(mem.New(1)) },
		"Scan":    p.Scan,
		"Leave":   p.Leave,
	} {
		require.PanicsWithValue(t, "hazard: a participant is used after Leave", f, name)
	}
}

// Readers that join and leave use blocks that writers replace: mem panics if one is free.
func TestNatively(t *testing.T) {
	rounds := 5000
	if testing.Short() {
		rounds = 500
	}
	d := hazard.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(0))
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			w := d.Join()
			for i := range rounds {
				w.Retire(a.Swap(mem.New(i), atomic.Release))
			}
			w.Leave()
		})
		wg.Go(func() {
			for range rounds / 50 {
				r := d.Join()
				for range 50 {
					r.Protect(0, &a).Load()
				}
				r.Leave()
			}
		})
	}
	wg.Wait()
	d.Drain()
	d.Join().Leave()
	require.False(t, isFree(a.Load()))
}

func TestAllocations(t *testing.T) {
	d := hazard.New[int](1)
	p := d.Join()
	var a mem.Atomic[int]
	a.Store(mem.New(1))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		p.Protect(0, &a)
		p.Clear(0)
	}))
	blocks := make([]mem.Handle[int], 300)
	for i := range blocks {
		blocks[i] = mem.New(i)
	}
	next := func() {
		p.Retire(blocks[0])
		blocks = blocks[1:]
	}
	for range 50 {
		next()
	}
	require.Zero(t, testing.AllocsPerRun(100, next))
}
