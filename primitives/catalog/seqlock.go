package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	seqlocks "github.com/weakmem/litmus/primitives/seqlock"
	"github.com/weakmem/litmus/primitives/sequential"
)

var seqlock = Protocol{
	Name:     "seqlock",
	Title:    "a sequence lock: readers copy, and copy again if a writer was there",
	Subjects: []Subject{subject("pair", sequential.Seqlock)},
	Programs: []Program{
		{"read", "a reader gets what one write wrote, and never goes back", seqlockRead},
		{"try-read", "tries to read amid two writes succeed only with what one of them wrote", seqlockTryRead},
		{"writers", "two writers take turns: the last one's data stay, whole", seqlockWriters},
		{"succession", "a writer goes on from the count of the writer before it", seqlockSuccession},
		{"update", "updates are not lost, and are read whole", seqlockUpdate},
		{"publish", "plain data written before a write are there for who reads it", seqlockPublish},
	},
	Mistakes: []Mistake{
		{Program{"no-second-look", "a reader that does not look at the count again", seqlockNoSecondLook}, "torn"},
		{Program{"acquire-second-look", "a reader whose second look acquires, instead of a fence before it", seqlockAcquireSecondLook}, "torn"},
		{Program{"plain-data", "data that are plain memory, with all fences in place", seqlockPlainData}, "race"},
		{Program{"unserialised-writers", "two writers that do not take turns", seqlockUnserialisedWriters}, "torn"},
		{Program{"read-then-write", "an update made of a read and a write", seqlockReadThenWrite}, "an update is lost"},
	},
}

type seqlockPair [2]uint64

func seqlockPairOf(n uint64) seqlockPair { return seqlockPair{n, n} }

// INV-SEQLOCK-2, INV-SEQLOCK-3, INV-SEQLOCK-4
func seqlockRead(x *explorer.T) {
	s := seqlocks.New(seqlockPairOf(0))
	x.Go("writer", func() { s.Write(seqlockPairOf(1)) })
	first, second := s.Read(), s.Read()
	require.Equal(x, first[0], first[1], "torn")
	require.Equal(x, second[0], second[1], "torn")
	require.LessOrEqual(x, first[0], second[0])
	x.Join()
	require.Equal(x, seqlockPairOf(1), s.Read())
}

// INV-SEQLOCK-3, INV-SEQLOCK-4
func seqlockTryRead(x *explorer.T) {
	s := seqlocks.New(seqlockPairOf(0))
	x.Go("writer", func() {
		s.Write(seqlockPairOf(1))
		s.Write(seqlockPairOf(2))
	})
	p, ok := s.TryRead()
	if ok {
		require.Equal(x, p[0], p[1], "torn")
	}
	x.Join()
	p, ok = s.TryRead()
	require.True(x, ok)
	require.Equal(x, seqlockPairOf(2), p)
}

// INV-SEQLOCK-1
func seqlockWriters(x *explorer.T) {
	s := seqlocks.New(seqlockPairOf(0))
	for n := uint64(1); n <= 2; n++ {
		x.Go("writer", func() { s.Write(seqlockPairOf(n)) })
	}
	p, ok := s.TryRead()
	if ok {
		require.Equal(x, p[0], p[1], "torn")
	}
	x.Join()
	require.Contains(x, []seqlockPair{seqlockPairOf(1), seqlockPairOf(2)}, s.Read())
}

// INV-SEQLOCK-1, INV-SEQLOCK-2
func seqlockSuccession(x *explorer.T) {
	s := seqlocks.New(seqlockPairOf(0))
	_, ok := s.TryRead()
	require.True(x, ok)
	x.Join(x.Go("predecessor", func() { s.Write(seqlockPairOf(1)) }))
	x.Go("reader", func() {
		if p, ok := s.TryRead(); ok {
			require.Equal(x, p[0], p[1], "torn")
		}
	})
	s.Write(seqlockPairOf(2))
}

// INV-SEQLOCK-1, INV-SEQLOCK-4
func seqlockUpdate(x *explorer.T) {
	s := seqlocks.New(seqlockPairOf(0))
	increment := func(p seqlockPair) seqlockPair { return seqlockPair{p[0] + 1, p[1] + 1} }
	for range 2 {
		x.Go("writer", func() { s.Update(increment) })
	}
	p, ok := s.TryRead()
	if ok {
		require.Equal(x, p[0], p[1], "torn")
	}
	x.Join()
	require.Equal(x, seqlockPairOf(2), s.Read())
}

// INV-SEQLOCK-3
func seqlockPublish(x *explorer.T) {
	s := seqlocks.New(seqlockPairOf(0))
	var data atomic.Cell[int]
	x.Go("writer", func() {
		data.Store(1)
		s.Write(seqlockPairOf(1))
	})
	if s.Read() == seqlockPairOf(1) {
		require.Equal(x, 1, data.Load())
	}
}

// seqlockParts are a sequence lock taken apart, to be put together wrongly.
type seqlockParts struct {
	count atomic.Uint64
	words [2]atomic.Uint64
}

func (s *seqlockParts) write(n uint64) {
	count := s.count.Load(atomic.Relaxed)
	s.count.Store(count+1, atomic.Relaxed)
	atomic.Fence(atomic.Release)
	for i := range s.words {
		s.words[i].Store(n, atomic.Relaxed)
	}
	s.count.Store(count+2, atomic.Release)
}

func (s *seqlockParts) tryRead(look func() uint64) (p seqlockPair, ok bool) {
	before := s.count.Load(atomic.Acquire)
	for i := range s.words {
		p[i] = s.words[i].Load(atomic.Relaxed)
	}
	return p, before&1 == 0 && look() == before
}

func (s *seqlockParts) lookAgain() uint64 {
	atomic.Fence(atomic.Acquire)
	return s.count.Load(atomic.Relaxed)
}

func seqlockNoSecondLook(x *explorer.T) {
	var s seqlockParts
	x.Go("writer", func() { s.write(1) })
	var p seqlockPair
	if s.count.Load(atomic.Acquire)&1 == 0 {
		for i := range s.words {
			p[i] = s.words[i].Load(atomic.Relaxed)
		}
	}
	require.Equal(x, p[0], p[1], "torn")
}

func seqlockAcquireSecondLook(x *explorer.T) {
	var s seqlockParts
	x.Go("writer", func() { s.write(1) })
	if p, ok := s.tryRead(func() uint64 { return s.count.Load(atomic.Acquire) }); ok {
		require.Equal(x, p[0], p[1], "torn")
	}
}

func seqlockPlainData(x *explorer.T) {
	var count atomic.Uint64
	var data atomic.Cell[seqlockPair]
	x.Go("writer", func() {
		count.Store(1, atomic.Relaxed)
		atomic.Fence(atomic.Release)
		data.Store(seqlockPairOf(1))
		count.Store(2, atomic.Release)
	})
	before := count.Load(atomic.Acquire)
	p := data.Load()
	atomic.Fence(atomic.Acquire)
	if before&1 == 0 && count.Load(atomic.Relaxed) == before {
		require.Equal(x, p[0], p[1], "torn")
	}
}

func seqlockUnserialisedWriters(x *explorer.T) {
	var s seqlockParts
	for n := uint64(1); n <= 2; n++ {
		x.Go("writer", func() { s.write(n) })
	}
	x.Join()
	if p, ok := s.tryRead(s.lookAgain); ok {
		require.Equal(x, p[0], p[1], "torn")
	}
}

func seqlockReadThenWrite(x *explorer.T) {
	s := seqlocks.New(seqlockPairOf(0))
	for range 2 {
		x.Go("writer", func() { s.Write(seqlockPairOf(s.Read()[0] + 1)) })
	}
	x.Join()
	require.Equal(x, seqlockPairOf(2), s.Read(), "an update is lost")
}
