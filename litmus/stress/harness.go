package stress

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// harness runs rounds of one test.
type harness struct {
	program     *program
	options     Options
	area        *area
	processors  []int // those that the process may run on
	started     func(base uintptr, code *plan.Code)
	states      *states
	interval    uint64 // ticks from one instance to the next, as short as the threads can keep up with
	clock       clock
	sizes       map[string]*int // of calls of the machine code, by how the threads wait
	had, lasted atomic.Int64    // nanoseconds that threads had a processor, and that they ran in all
	used        map[int]bool    // the processors that were given to threads
	left        int64           // instances of the budget
	until       time.Time
}

const (
	leastChunk = 16                    // instances of a call of the machine code
	patience   = time.Millisecond      // for which machine code waits for threads that may not come
	stallTime  = 20 * time.Millisecond // after which a call goes on without waiting
)

// crew are the threads of a round.
type crew struct {
	workers []*worker
	met     atomic.Int64
}

// worker is a thread of the test in a round.
type worker struct {
	thread int
	seen   *histogram
	tuple  []uint64
	err    error
}

// meet waits for the other threads.
func (c *crew) meet() {
	threads := int64(len(c.workers))
	n := c.met.Add(1)
	all := (n + threads - 1) / threads * threads
	for spins := 0; c.met.Load() < all; spins++ {
		if spins > 100 {
			native.Yield()
		}
	}
}

// budget is how much of a round is left. It is thread 0's.
type budget struct {
	size  *int // instances of a call; it is kept from round to round, for each way to run them
	ends  time.Time
	began time.Time // the last call
}

// next says of how many instances the next call is to be, at most most; 0 if the round is over.
func (b *budget) next(ctx context.Context, h *harness, lasts time.Duration, most int) int {
	now := time.Now()
	first := b.began.IsZero()
	switch {
	case first:
		b.ends = now.Add(lasts)
	case h.area.shared.Barrier >= plan.Released || now.Sub(b.began) > 2*stallTime:
		// Where threads have to wait for their processors an instance may take milliseconds.
		*b.size /= 4
	default:
		*b.size *= 2
	}
	*b.size = min(max(*b.size, leastChunk), most)
	b.began = now
	over := !now.Before(b.ends) || !now.Before(h.until)
	if h.left <= 0 || ctx.Err() != nil || over && !first { // however little time there is, something is counted
		return 0
	}
	h.clock.tell(h.area.shared.Start, now)
	h.area.restart()
	return int(min(int64(*b.size), h.left))
}

// chunk is a call of the machine code by each thread, and what comes before and after.
type chunk struct {
	crew
	budget
	h      *harness
	round  *round
	code   *plan.Code
	loaded *native.Code
	table  []uint64 // the addresses of the instances, in the order in which they are run
	n      int      // instances of this chunk, 0 for no more: set by thread 0, read by all after they have met
}

// run runs a round of instances.
func (h *harness) run(ctx context.Context, d *round) error {
	code, err := build(h.plan(d))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return h.runCode(ctx, d, code)
}

// runCode runs a round whose machine code is there already.
func (h *harness) runCode(ctx context.Context, d *round, code *plan.Code) error {
	c := &chunk{h: h, round: d, code: code, budget: budget{size: h.size(d.sync.String())}}
	var err error
	if c.loaded, err = h.load(code); err != nil {
		return err
	}
	defer c.loaded.Close()
	c.table = h.area.words(h.area.table, d.instances)
	for i, at := range d.order {
		c.table[i] = uint64(h.area.instances.base) + uint64(at)*uint64(d.layout.stride)
	}
	err = h.threads(d.processors, &c.crew, func(w *worker) { c.work(ctx, w) })
	if err != nil {
		return err
	}
	for _, w := range c.workers {
		for i, n := range w.seen.count {
			if err := h.states.add(w.seen.tuple(i), n, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// size is that of calls for a way to wait.
func (h *harness) size(way string) *int {
	if h.sizes[way] == nil {
		h.sizes[way] = new(int)
	}
	return h.sizes[way]
}

// load makes code executable, and says so.
func (h *harness) load(code *plan.Code) (*native.Code, error) {
	loaded, err := native.Load(code.Text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	if h.started != nil {
		h.started(loaded.Base(), code)
	}
	return loaded, nil
}

// threads runs body on one thread of the system for each of the test's, tied to its processor.
func (h *harness) threads(processors []int, c *crew, body func(w *worker)) error {
	workers := make([]*worker, len(h.program.out))
	for t := range workers {
		workers[t] = &worker{thread: t, seen: newHistogram(h.program.width()), tuple: make([]uint64, h.program.width())}
	}
	c.workers = workers
	var wg sync.WaitGroup
	ready := new(atomic.Int64) // counts down; below 0 if one of them failed
	ready.Store(int64(len(workers)))
	for t, w := range workers {
		if processors != nil {
			h.used[processors[t]] = true
		}
		wg.Go(func() {
			if processors == nil {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
			} else {
				release, err := native.Pin(processors[t])
				if w.err = err; err != nil {
					ready.Store(-int64(len(workers)))
					return
				}
				defer release()
			}
			for ready.Add(-1); ready.Load() > 0; {
				native.Yield()
			}
			if ready.Load() < 0 {
				return
			}
			had, began := native.ProcessorTime(), time.Now()
			body(w)
			h.had.Add(int64(native.ProcessorTime() - had))
			h.lasted.Add(int64(time.Since(began)))
		})
	}
	wg.Wait()
	for _, w := range workers {
		if w.err != nil {
			return w.err
		}
	}
	return nil
}

// work is what thread w does in the round: it sets up its share of the instances, runs its function, and counts
// its share of the states, until the round is over. Its share are those whose number is its own, modulo the threads.
func (c *chunk) work(ctx context.Context, w *worker) {
	record := c.h.area.records[w.thread]
	for most := c.round.instances; ; {
		c.reset(w, most)
		if w.thread == 0 {
			if !c.began.IsZero() {
				c.h.pace()
			}
			c.n = c.next(ctx, c.h, c.round.lasts, c.round.instances)
			c.h.left -= int64(c.n)
		}
		c.meet()
		n := c.n // thread 0 may soon be ahead, and set the next
		if n == 0 {
			return
		}
		delay := c.round.delays[w.thread]
		*record = plan.Record{
			Table: c.h.area.table.base, Out: c.h.area.outs[w.thread].base, Count: uint64(n),
			Shared: uintptr(unsafe.Pointer(c.h.area.shared)), Patience: c.h.clock.ticks(patience),
			Interval: c.h.interval, Limit: c.h.clock.ticks(stallTime), Step: delay.step, Mask: delay.mask,
		}
		c.h.call(c.code, c.loaded, w)
		c.meet()
		c.collect(w, n)
		most = min(max(2*n, leastChunk), c.round.instances) // of the next chunk
	}
}

// call calls a thread's function, again until all threads were in theirs at the same time.
func (h *harness) call(code *plan.Code, loaded *native.Code, w *worker) {
	record := h.area.records[w.thread]
	for record.Entered == 0 {
		loaded.CallAt(code.Entries[w.thread], unsafe.Pointer(record))
	}
}

// pace makes the interval longer if a thread could not keep up with it, and shorter if all could.
func (h *harness) pace() {
	for _, r := range h.area.records {
		if r.Late > 2*h.interval {
			h.interval += h.interval/4 + 1
			return
		}
	}
	h.interval -= h.interval / 32
}

// reset gives the locations of the thread's share of the first n instances their initial values.
func (c *chunk) reset(w *worker, n int) {
	h := c.h
	for i := range h.program.cells {
		cell := &h.program.cells[i]
		offset := uintptr(c.round.layout.offsets[cell.location] + cell.offset)
		for i := w.thread; i < n; i += len(c.workers) {
			at, v := c.table[i], uint64(cell.init.Int)
			if cell.init.Sym != 0 {
				v = c.address(cell.init, uintptr(at))
			}
			store(h.area.at(uintptr(at)+offset), cell.size, v)
		}
	}
}

// address is the machine's value for an address of the test, for the instance at an address.
func (c *chunk) address(v ir.Value, instance uintptr) uint64 {
	symbol := c.h.program.test.Program.Symbols[v.Sym-1]
	if symbol.Kind == ir.Label {
		offset, _ := c.code.LabelOffset(c.h.program.test.Program, v.Sym)
		return uint64(c.loaded.Base()) + uint64(offset) + uint64(v.Int)
	}
	at := slices.IndexFunc(c.h.program.locations, func(l location) bool { return l.sym == v.Sym })
	return uint64(instance) + uint64(c.round.layout.offsets[at]) + uint64(v.Int)
}

// collect counts the final states of the thread's share of the first n instances.
func (c *chunk) collect(w *worker, n int) {
	h := c.h
	program := h.program
	low, high := uint64(h.area.instances.base), uint64(h.area.instances.base)+uint64(h.area.instances.size)
	code := uint64(c.loaded.Base())
	for i := w.thread; i < n; i += len(c.workers) {
		instance := c.table[i]
		clear(w.tuple[len(program.values):])
		for k := range program.values {
			v := &program.values[k]
			var x uint64
			if v.thread >= 0 {
				at := i*len(program.out[v.thread]) + v.index
				x = *(*uint64)(h.area.at(h.area.outs[v.thread].base + uintptr(8*at)))
			} else {
				cell := &program.cells[v.cell]
				x = load(h.area.at(uintptr(instance)+uintptr(c.round.layout.offsets[cell.location]+cell.offset)), cell.size)
			}
			switch {
			case x < 1<<16: // by far the most values; no memory of ours is that low
			case x >= low && x < high:
				x -= instance
				w.tuple[len(program.values)+k/32] |= 1 << (2 * (k % 32))
			case x >= code && x <= code+uint64(len(c.code.Text)):
				x -= code
				w.tuple[len(program.values)+k/32] |= 2 << (2 * (k % 32))
			}
			w.tuple[k] = x
		}
		w.seen.add(w.tuple, 1)
	}
}
