package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sequential"
	snapshots "github.com/weakmem/litmus/primitives/snapshot"
)

var snapshot = Protocol{
	Name:     "snapshot",
	Title:    "an atomically replaced pointer to immutable data",
	Subjects: []Subject{subject("number", sequential.Snapshot)},
	Programs: []Program{
		{"publish", "A reader sees the old version or the new one, and all of it.", snapshotPublish},
		{"swap", "Two writers swap: every version is returned once, and can be read by who gets it.", snapshotSwap},
		{"compare-and-swap", "Two writers replace the same version: one of them succeeds, and who fails finds the other's.", snapshotCompareAndSwap},
		{"update", "Two updates of one counter: none is lost, and who reads the newest sees both.", snapshotUpdate},
		{"update-store", "An update and a store: one comes before the other.", snapshotUpdateStore},
		{"unchanged", "An update that returns what it got changes nothing and hides nobody's.", snapshotUnchanged},
		{"newer", "A reader never goes back, and finds what it has been told of.", snapshotNewer},
	},
	Mistakes: []Mistake{
		{Program{"change-a-version", "A writer changes the version that readers have, instead of a copy.", snapshotMistakeChange}, "data race"},
		{Program{"load-store-update", "Load, copy and Store are not an update: between them another one is lost.", snapshotMistakeLoadStore}, "an update is lost"},
		{Program{"load-twice", "Two fields read by two loads may be of two versions.", snapshotMistakeLoadTwice}, "halves of two versions"},
	},
}

// snapshotPair is a version: both halves are equal. They are plain memory, so that exploration sees races on them.
type snapshotPair struct{ left, right atomic.Cell[int] }

func newSnapshotPair(n int) *snapshotPair {
	p := new(snapshotPair)
	p.left.Store(n)
	p.right.Store(n)
	return p
}

func (p *snapshotPair) read(x *explorer.T) int {
	n := p.left.Load()
	require.Equal(x, n, p.right.Load(), "half of a version")
	return n
}

func (p *snapshotPair) next() *snapshotPair { return newSnapshotPair(p.left.Load() + 1) }

func snapshotPublish(x *explorer.T) {
	v := snapshots.New(newSnapshotPair(1))
	for range 2 {
		x.Go("reader", func() { require.Contains(x, []int{1, 2}, v.Load().read(x)) }) // INV-SNAPSHOT-1, INV-SNAPSHOT-2
	}
	v.Store(newSnapshotPair(2))
	x.Join()
	require.Equal(x, 2, v.Load().read(x))
}

func snapshotSwap(x *explorer.T) {
	v := snapshots.New(newSnapshotPair(0))
	var got [2]atomic.Cell[int]
	for i := range got {
		x.Go("writer", func() { got[i].Store(v.Swap(newSnapshotPair(i + 1)).read(x)) }) // INV-SNAPSHOT-1
	}
	x.Join()
	all := []int{got[0].Load(), got[1].Load(), v.Load().read(x)}
	require.ElementsMatch(x, []int{0, 1, 2}, all, "a version is lost or found twice") // INV-SNAPSHOT-3
}

func snapshotCompareAndSwap(x *explorer.T) {
	first := newSnapshotPair(0)
	v := snapshots.New(first)
	var won [2]atomic.Cell[bool]
	for i := range won {
		x.Go("writer", func() {
			won[i].Store(v.CompareAndSwap(first, newSnapshotPair(i+1)))
			want := 2 - i
			if won[i].Load() {
				want = i + 1
			}
			require.Equal(x, want, v.Load().read(x)) // INV-SNAPSHOT-1, INV-SNAPSHOT-4
		})
	}
	x.Join()
	require.NotEqual(x, won[0].Load(), won[1].Load(), "one of two succeeds") // INV-SNAPSHOT-3
	require.False(x, v.CompareAndSwap(first, first))
}

func snapshotUpdate(x *explorer.T) {
	v := snapshots.New(newSnapshotPair(0))
	for range 2 {
		x.Go("writer", func() { require.Contains(x, []int{1, 2}, v.Update((*snapshotPair).next).read(x)) })
	}
	require.Contains(x, []int{0, 1, 2}, v.Load().read(x)) // INV-SNAPSHOT-1
	x.Join()
	require.Equal(x, 2, v.Load().read(x), "an update is lost") // INV-SNAPSHOT-3
}

func snapshotUpdateStore(x *explorer.T) {
	var v snapshots.Value[snapshotPair]
	v.Store(newSnapshotPair(0))
	x.Go("updater", func() { v.Update((*snapshotPair).next) })
	v.Store(newSnapshotPair(10))
	x.Join()
	require.Contains(x, []int{10, 11}, v.Load().read(x)) // INV-SNAPSHOT-3
}

func snapshotUnchanged(x *explorer.T) {
	v := snapshots.New(newSnapshotPair(0))
	x.Go("idle", func() {
		n := v.Update(func(p *snapshotPair) *snapshotPair { return p }).read(x)
		require.Contains(x, []int{0, 1}, n) // INV-SNAPSHOT-1
	})
	v.Update((*snapshotPair).next)
	x.Join()
	require.Equal(x, 1, v.Load().read(x)) // INV-SNAPSHOT-3
}

func snapshotNewer(x *explorer.T) {
	v := snapshots.New(newSnapshotPair(1))
	var told atomic.Bool
	x.Go("reader", func() {
		before := v.Load().read(x)
		knows := told.Load(atomic.Acquire)
		after := v.Load().read(x)
		require.LessOrEqual(x, before, after, "a reader went back") // INV-SNAPSHOT-4
		if knows {
			require.Equal(x, 2, after, "a reader missed what it was told of") // INV-SNAPSHOT-4
		}
	})
	v.Store(newSnapshotPair(2))
	told.Store(true, atomic.Release)
	x.Join()
}

func snapshotMistakeChange(x *explorer.T) {
	v := snapshots.New(newSnapshotPair(1))
	x.Go("reader", func() { v.Load().read(x) })
	v.Load().left.Store(2) // against INV-SNAPSHOT-2
	x.Join()
}

func snapshotMistakeLoadStore(x *explorer.T) {
	v := snapshots.New(newSnapshotPair(0))
	for range 2 {
		x.Go("writer", func() { v.Store(v.Load().next()) })
	}
	x.Join()
	require.Equal(x, 2, v.Load().read(x), "an update is lost")
}

func snapshotMistakeLoadTwice(x *explorer.T) {
	v := snapshots.New(newSnapshotPair(1))
	x.Go("reader", func() {
		left := v.Load().left.Load()
		require.Equal(x, left, v.Load().right.Load(), "halves of two versions")
	})
	v.Store(newSnapshotPair(2))
	x.Join()
}
