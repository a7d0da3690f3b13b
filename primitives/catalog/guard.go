package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	guards "github.com/weakmem/litmus/primitives/guard"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

var guard = Protocol{
	Name:  "guard",
	Title: "publication of data larger than a word, four ways",
	Subjects: []Subject{
		subject("variable", sequential.GuardVariable),
		subject("copy", sequential.GuardCopy),
		subject("element", sequential.GuardElement, proptest.Threads(2, 2)),
		subject("words", sequential.GuardWords),
	},
	Programs: []Program{
		{"versions", "a guard variable of two versions: readers never see data older than its number, nor go back", guardVersions},
		{"await", "readers of a guard variable that wait for a version", guardAwait},
		{"succession", "a goroutine that publishes after another knows how far that one came", guardSuccession},
		{"copy-and-swap", "two writers that copy and swap, and a reader: no update is lost", guardCopyAndSwap},
		{"replace", "a copy replaced while another goroutine updates it", guardReplace},
		{"element", "the reader of a single atomic element gets whole values in the order of their publication", guardElement},
		{"element-handback", "slots go back and forth between the two ends of a single atomic element", guardHandback},
		{"words", "words of a whole-atomic datum come in order, and are of one version if the ends are", guardWords},
		{"words-told", "a reader that knows that a whole-atomic datum was stored gets it whole", guardWordsTold},
		{"clock", "digits of a number that grows, never read as more than the number was (Lamport's theorem)", guardClock},
	},
	Mistakes: []Mistake{
		{Program{"flag-not-released", "plain data behind a flag that is stored relaxed", guardFlagNotReleased}, "race"},
		{Program{"dependent-reader", "a reader that relies on its dependency on a pointer that it loads relaxed", guardDependentReader}, "race"},
		{Program{"two-publishers", "two goroutines publish versions of one guard variable", guardTwoPublishers}, "race"},
		{Program{"change-in-place", "what a copy holds is changed where it is", guardChangeInPlace}, "race"},
		{Program{"load-then-store", "an update of a copy made of a load and a store", guardLoadThenStore}, "an update is lost"},
		{Program{"shared-reader", "two goroutines use one reader of a single atomic element", guardSharedReader}, "race"},
		{Program{"torn-words", "words of a datum used though they are not of one version", guardTornWords}, "not of one version"},
		{Program{"two-storers", "two goroutines store the words of one datum", guardTwoStorers}, "not of one version"},
	},
}

// guardPair is a datum larger than a word: its halves are equal.
type guardPair struct{ a, b int }

func guardPairOf(n int) guardPair { return guardPair{n, n} }

// INV-GUARD-1, INV-GUARD-2
func guardVersions(x *explorer.T) {
	v := guards.NewVariable[guardPair](2)
	x.Go("writer", func() {
		require.Equal(x, 1, v.Publish(guardPairOf(1)))
		require.Equal(x, 2, v.Publish(guardPairOf(2)))
	})
	x.Go("reader", func() {
		p, first := v.Load()
		require.Equal(x, guardPairOf(first), p)
		p, second := v.Load()
		require.Equal(x, guardPairOf(second), p)
		require.LessOrEqual(x, first, second)
	})
	x.Join()
	_, last := v.Load()
	require.Equal(x, 2, last)
}

// INV-GUARD-1
func guardAwait(x *explorer.T) {
	v := guards.NewVariable[guardPair](2)
	for version := 1; version <= 2; version++ {
		x.Go("reader", func() { require.Equal(x, guardPairOf(version), v.Wait(version)) })
	}
	v.Publish(guardPairOf(1))
	v.Publish(guardPairOf(2))
}

// INV-GUARD-2
func guardSuccession(x *explorer.T) {
	v := guards.NewVariable[guardPair](3)
	d := guards.NewWords(1)
	buf := make([]uint64, 1)
	_, version := v.Load()
	require.Zero(x, version)
	d.Load(buf)
	x.Join(x.Go("predecessor", func() {
		require.Equal(x, 1, v.Publish(guardPairOf(1)))
		d.Store([]uint64{1})
	}))
	require.Equal(x, 2, v.Publish(guardPairOf(2)))
	d.Store([]uint64{2})
	number, whole := d.Load(buf)
	require.True(x, whole)
	require.EqualValues(x, 2, number)
	x.Join(x.Go("successor", func() { require.Equal(x, 3, v.Publish(guardPairOf(3))) }))
	p, version := v.Load()
	require.Equal(x, 3, version)
	require.Equal(x, guardPairOf(3), p)
}

// INV-GUARD-3, INV-GUARD-4
func guardCopyAndSwap(x *explorer.T) {
	var c guards.Copy[guardPair]
	increment := func(p guardPair) guardPair { return guardPair{p.a + 1, p.b + 1} }
	for range 2 {
		x.Go("writer", func() { c.Update(increment) })
	}
	first, second := c.Load(), c.Load()
	require.Equal(x, first.a, first.b)
	require.Equal(x, second.a, second.b)
	require.LessOrEqual(x, first.a, second.a)
	x.Join()
	require.Equal(x, guardPairOf(2), c.Load())
}

// INV-GUARD-3, INV-GUARD-4
func guardReplace(x *explorer.T) {
	var c guards.Copy[guardPair]
	x.Go("replacer", func() { c.Store(guardPairOf(10)) })
	x.Go("updater", func() {
		p := c.Update(func(p guardPair) guardPair { return guardPair{p.a + 1, p.b + 1} })
		require.Equal(x, p.a, p.b)
	})
	x.Go("reader", func() {
		p := c.Load()
		require.Equal(x, p.a, p.b)
	})
	x.Join()
	require.Contains(x, []guardPair{guardPairOf(10), guardPairOf(11)}, c.Load())
}

// INV-GUARD-5, INV-GUARD-6, INV-GUARD-7
func guardElement(x *explorer.T) {
	w, r := guards.NewElement(guardPairOf(0))
	x.Go("writer", func() {
		for n := 1; n <= 3; n++ {
			w.Publish(guardPairOf(n))
		}
	})
	last := 0
	for range 2 {
		p, isNew := r.Load()
		require.Equal(x, p.a, p.b)
		require.Equal(x, p.a > last, isNew)
		last = p.a
	}
	x.Join()
	p, isNew := r.Load()
	require.Equal(x, guardPairOf(3), p)
	require.Equal(x, last < 3, isNew)
}

// INV-GUARD-5, INV-GUARD-6, INV-GUARD-7
func guardHandback(x *explorer.T) {
	w, r := guards.NewElement(guardPairOf(0))
	w.Publish(guardPairOf(1))
	reader := x.Go("reader", func() {
		p, isNew := r.Load()
		require.True(x, isNew)
		require.Equal(x, p.a, p.b)
		p, _ = r.Load()
		require.Equal(x, p.a, p.b)
	})
	w.Publish(guardPairOf(2))
	w.Publish(guardPairOf(3))
	x.Join(reader)
	p, _ := r.Load()
	require.Equal(x, guardPairOf(3), p)
	_, isNew := r.Load()
	require.False(x, isNew)
}

// guardVersionWords are the words of a version: each is its number, so that what a reader gets tells where it is from.
func guardVersionWords(version uint64) []uint64 { return []uint64{version, version} }

// INV-GUARD-8, INV-GUARD-9
func guardWords(x *explorer.T) {
	d := guards.NewWords(2)
	x.Go("writer", func() {
		d.Store(guardVersionWords(1))
		d.Store(guardVersionWords(2))
	})
	buf := make([]uint64, 2)
	version, whole := d.Load(buf)
	require.LessOrEqual(x, version, buf[0], "a word older than the version")
	require.LessOrEqual(x, buf[0], buf[1], "a word older than the word before it")
	if whole {
		require.Equal(x, guardVersionWords(version), buf)
	}
}

// INV-GUARD-2, INV-GUARD-9
func guardWordsTold(x *explorer.T) {
	d := guards.NewWords(2)
	d.Store(guardVersionWords(1))
	x.Join(x.Go("writer", func() { d.Store(guardVersionWords(2)) }))
	buf := make([]uint64, 2)
	version, whole := d.Load(buf)
	require.True(x, whole)
	require.EqualValues(x, 2, version)
	require.Equal(x, guardVersionWords(2), buf)
}

// INV-GUARD-8
func guardClock(x *explorer.T) {
	d := guards.NewWords(2)
	x.Go("writer", func() {
		d.Store([]uint64{0, 1})
		d.Store([]uint64{1, 0})
	})
	buf := make([]uint64, 2)
	d.Load(buf)
	require.LessOrEqual(x, 2*buf[0]+buf[1], uint64(2))
}

func guardFlagNotReleased(x *explorer.T) {
	var data atomic.Cell[guardPair]
	var flag atomic.Bool
	x.Go("writer", func() {
		data.Store(guardPairOf(1))
		flag.Store(true, atomic.Relaxed)
	})
	if flag.Load(atomic.Acquire) {
		data.Load()
	}
}

func guardDependentReader(x *explorer.T) {
	var current atomic.Pointer[atomic.Cell[guardPair]]
	x.Go("writer", func() {
		p := new(atomic.Cell[guardPair])
		p.Store(guardPairOf(1))
		current.Store(p, atomic.Release)
	})
	if p := current.Load(atomic.Relaxed); p != nil {
		p.Load()
	}
}

func guardTwoPublishers(x *explorer.T) {
	v := guards.NewVariable[guardPair](2)
	for n := range 2 {
		x.Go("writer", func() { v.Publish(guardPairOf(n)) })
	}
}

func guardChangeInPlace(x *explorer.T) {
	var c guards.Copy[*atomic.Cell[int]]
	c.Store(new(atomic.Cell[int]))
	for range 2 {
		x.Go("writer", func() {
			p := c.Load()
			p.Store(p.Load() + 1)
		})
	}
}

func guardLoadThenStore(x *explorer.T) {
	var c guards.Copy[int]
	for range 2 {
		x.Go("writer", func() { c.Store(c.Load() + 1) })
	}
	x.Join()
	require.Equal(x, 2, c.Load(), "an update is lost")
}

func guardSharedReader(x *explorer.T) {
	w, r := guards.NewElement(guardPairOf(0))
	w.Publish(guardPairOf(1))
	for range 2 {
		x.Go("reader", func() { r.Load() })
	}
}

func guardTornWords(x *explorer.T) {
	d := guards.NewWords(2)
	x.Go("writer", func() { d.Store(guardVersionWords(1)) })
	buf := make([]uint64, 2)
	d.Load(buf)
	require.Equal(x, buf[0], buf[1], "not of one version")
}

func guardTwoStorers(x *explorer.T) {
	d := guards.NewWords(2)
	for n := uint64(1); n <= 2; n++ {
		x.Go("writer", func() { d.Store(guardVersionWords(n)) })
	}
	x.Join()
	buf := make([]uint64, 2)
	if _, whole := d.Load(buf); whole {
		require.Equal(x, buf[0], buf[1], "not of one version")
	}
}
