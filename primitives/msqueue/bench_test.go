package msqueue_test

import (
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/msqueue"
)

// lockedSlice is the queue that a Go user writes without help: a slice, used as a ring that grows, and a mutex.
type lockedSlice struct {
	mu          sync.Mutex
	values      []int
	front, size int
}

func (q *lockedSlice) Enqueue(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.size == len(q.values) {
		larger := make([]int, max(16, 2*q.size))
		n := copy(larger, q.values[q.front:])
		copy(larger[n:], q.values[:q.front])
		q.values, q.front = larger, 0
	}
	q.values[(q.front+q.size)&(len(q.values)-1)] = v
	q.size++
}

func (q *lockedSlice) Dequeue() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.size == 0 {
		return 0, false
	}
	v := q.values[q.front]
	q.front = (q.front + 1) & (len(q.values) - 1)
	q.size--
	return v, true
}

// BenchmarkPairs is an Enqueue and a Dequeue by every goroutine in turn, on queues that are almost empty.
func BenchmarkPairs(b *testing.B) {
	b.Run("msqueue", func(b *testing.B) {
		q := msqueue.New[int]()
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				q.Enqueue(1)
				q.Dequeue()
			}
		})
	})
	b.Run("channel", func(b *testing.B) {
		q := make(chan int, 1024)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				q <- 1
				<-q
			}
		})
	})
	b.Run("mutex", func(b *testing.B) {
		q := new(lockedSlice)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				q.Enqueue(1)
				q.Dequeue()
			}
		})
	})
}

// BenchmarkHandOver is b.N values from one goroutine to another. Nothing but the channel keeps the producer from running
// ahead, so that the garbage collector has long queues to walk.
func BenchmarkHandOver(b *testing.B) {
	b.Run("msqueue", func(b *testing.B) {
		q := msqueue.New[int]()
		handOver(b, q.Enqueue, q.Dequeue)
	})
	b.Run("channel", func(b *testing.B) {
		q := make(chan int, 1024)
		handOver(b, func(v int) { q <- v }, func() (int, bool) { return <-q, true })
	})
	b.Run("mutex", func(b *testing.B) {
		q := new(lockedSlice)
		handOver(b, q.Enqueue, q.Dequeue)
	})
}

func handOver(b *testing.B, enqueue func(int), dequeue func() (int, bool)) {
	var producer sync.WaitGroup
	producer.Go(func() {
		for n := range b.N {
			enqueue(n)
		}
	})
	for n := 0; n < b.N; {
		if v, ok := dequeue(); ok {
			if v != n {
				b.Fatalf("%d came out where %d was to come", v, n)
			}
			n++
		}
	}
	producer.Wait()
}
