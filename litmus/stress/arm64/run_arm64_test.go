package arm64

import (
	"context"
	"encoding/binary"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/litmus/stress/plan"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// invocation is one call of the code of all threads.
type invocation struct {
	plan      *plan.Plan
	size      int // of an instance
	code      *plan.Code
	loaded    *native.Code
	memory    []byte // the instances, one after the other
	table     []byte
	out       [][]byte
	shared    *plan.Shared
	records   []plan.Record
	instances int
}

// start prepares an invocation.
func start(t *testing.T, p *plan.Plan, size, instances int) *invocation {
	t.Helper()
	r := &invocation{plan: p, size: size, instances: instances, records: make([]plan.Record, len(p.Threads))}
	var err error
	r.code, err = Build(p)
	require.NoError(t, err)
	r.loaded, err = native.Load(r.code.Text)
	require.NoError(t, err)
	allocate := func(n int) []byte {
		memory, err := native.Allocate(max(n, 1), false)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, native.Free(memory)) })
		return memory
	}
	t.Cleanup(func() { assert.NoError(t, r.loaded.Close()) })

	held := 1
	if !p.Perpetual {
		held = instances
	}
	r.memory, r.table = allocate(held*size), allocate(8*held)
	for i := range held {
		binary.LittleEndian.PutUint64(r.table[8*i:], uint64(r.base(i)))
		for _, c := range p.Test.Program.Cells {
			if !c.ReadOnly {
				r.put(i, c)
			}
		}
	}
	shared := allocate(int(unsafe.Sizeof(plan.Shared{})))
	r.shared = (*plan.Shared)(unsafe.Pointer(&shared[0]))
	r.shared.Threads = uint64(len(p.Threads))
	for i := range p.Threads {
		r.out = append(r.out, allocate(8*len(p.Threads[i].Out)*instances))
		r.records[i] = plan.Record{
			Table: uintptr(unsafe.Pointer(&r.table[0])), Out: uintptr(unsafe.Pointer(&r.out[i][0])), Count: uint64(instances),
			Shared: uintptr(unsafe.Pointer(r.shared)), Interval: 300, Limit: 1 << 62, Step: 0x7fff, Mask: 0x1f0000,
		}
	}
	return r
}

func (r *invocation) base(instance int) uintptr {
	return uintptr(unsafe.Pointer(&r.memory[instance*r.size]))
}

// cell is the memory of a cell: what has no declared type may hold an address.
func (r *invocation) cell(instance int, c ir.Cell) []byte {
	at := instance*r.size + int(r.plan.Offsets[r.plan.Test.Program.Symbols[c.Symbol-1].Name]) + int(c.Offset)
	size := int(c.Type.Size)
	if !c.Type.Declared {
		size = 8
	}
	return r.memory[at : at+size]
}

func (r *invocation) put(instance int, c ir.Cell) {
	v := uint64(c.Init.Int)
	if c.Init.Sym != 0 {
		v += uint64(r.base(instance)) + uint64(r.plan.Offsets[r.plan.Test.Program.Symbols[c.Init.Sym-1].Name])
	}
	copy(r.cell(instance, c), binary.LittleEndian.AppendUint64(nil, v))
}

// call calls each thread's function on a thread of its own, until all have entered: the garbage collector may stop the one while
// the other waits for it.
func (r *invocation) call() {
	var wg sync.WaitGroup
	for i := range r.records {
		wg.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for r.records[i].Entered == 0 {
				r.loaded.CallAt(r.code.Entries[i], unsafe.Pointer(&r.records[i]))
			}
		})
	}
	wg.Wait()
}

// value is what 64 bits of an instance are.
func (r *invocation) value(instance int, bits uint64) ir.Value {
	p := r.plan.Test.Program
	if offset := bits - uint64(r.base(instance)); offset < uint64(r.size) {
		at := ir.Value{}
		for i, s := range p.Symbols {
			if s.Kind == ir.Location && uint64(r.plan.Offsets[s.Name]) <= offset &&
				(at.Sym == 0 || r.plan.Offsets[s.Name] > r.plan.Offsets[p.Symbols[at.Sym-1].Name]) {
				at = ir.Value{Sym: int32(i + 1), Int: int64(offset) - int64(r.plan.Offsets[s.Name])}
			}
		}
		return at
	}
	for t, thread := range p.Threads {
		for sym, instr := range thread.Labels {
			if offset, ok := r.code.Label(t, instr); ok && bits == uint64(r.loaded.Base())+uint64(offset) {
				return ir.Value{Sym: sym}
			}
		}
	}
	return ir.Int(int64(bits))
}

// state is the final state of an instance, as results print it.
func (r *invocation) state(instance int) string {
	test := r.plan.Test
	values := make([]ir.Value, test.Slots())
	next := make([]int, len(r.out))
	for _, o := range test.Observed {
		if o.Thread >= 0 {
			n := len(r.plan.Threads[o.Thread].Out)
			bits := binary.LittleEndian.Uint64(r.out[o.Thread][8*(instance*n+next[o.Thread]):])
			next[o.Thread]++
			values[o.Slot] = r.value(instance, bits)
		}
		for i, c := range o.Cells {
			var bits [8]byte
			copy(bits[:], r.cell(instance, test.Program.Cells[c]))
			values[o.Slot+i] = r.value(instance, binary.LittleEndian.Uint64(bits[:]))
		}
	}
	test.Normalize(values)
	return test.FormatState(values)
}

// states are the final states of all instances, each once.
func (r *invocation) states() []string {
	seen := map[string]bool{}
	for i := range r.instances {
		seen[r.state(i)] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// allowed are the final states that the architecture's model allows.
func allowed(t *testing.T, test *litmus.Test) []string {
	t.Helper()
	m, err := models.Load("aarch64")
	require.NoError(t, err)
	results, err := enumerate.Run(context.Background(), test, []model.Model{m}, enumerate.Options{})
	require.NoError(t, err, test.Name)
	var states []string
	for _, s := range results[0].States {
		states = append(states, test.FormatState(s.Values))
	}
	return states
}

// runs reports whether the processor has all that a test needs.
func runs(test *litmus.Test) bool {
	has := map[string]bool{"FEAT_LSE": cpu.ARM64.HasATOMICS, "FEAT_LRCPC": cpu.ARM64.HasLRCPC}
	return !slices.ContainsFunc(Needs(test), func(n Need) bool { return !has[n.Feature] })
}

var syncs = []plan.Sync{plan.Free, plan.Time, plan.Barrier}

// A thread alone ends as its instructions say: in the one state that the model allows, if there is but one.
func TestThreadsAlone(t *testing.T) {
	files, err := filepath.Glob("testdata/threads/*.litmus")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		test, err := litmus.Parse(file, text)
		require.NoError(t, err)
		if !runs(test) {
			continue
		}
		p, size := planned(test)
		for _, p.Sync = range syncs {
			r := start(t, p, size, 20)
			r.call()
			assert.Subset(t, allowed(t, test), r.states(), file)
		}
	}
}

// emulated are states that the model forbids and QEMU shows on x86-64, whose loads pass the stores before them: it makes STLR a fence
// and a store, LDAR a load and a fence, with nothing between the two (version 7.2).
var emulated = map[string][]string{"aarch64/SB+stlr-ldars.litmus": {"0:X2=0; 1:X2=0;"}}

// Threads together end, however they wait for each other, in states that the model allows.
func TestThreadsTogether(t *testing.T) {
	for _, e := range catalog.Files() {
		test, err := e.Parse()
		require.NoError(t, err)
		if test.Dialect != "AArch64" || len(test.Threads) > runtime.NumCPU() || !runs(test) {
			continue
		}
		states := append(allowed(t, test), emulated[e.File]...)
		for i, sync := range syncs {
			p, size := planned(test)
			p.Sync, p.Yield = sync, true
			for t := range p.Threads {
				p.Threads[t].Preloads = []plan.Preload{{Offset: 0, How: plan.Touch(i)}, {Offset: line, How: plan.Touch((i + 1) % 3)}}
			}
			r := start(t, p, size, 100)
			r.call()
			assert.Subset(t, states, r.states(), e.File)
		}
	}
}

// What the memory that is shared with Go says afterwards.
func TestRecords(t *testing.T) {
	test := parsed(t, "AArch64 SB\n{0:X0=x;0:X2=y;1:X0=y;1:X2=x}\nP0|P1;\nMOV W1,#1|MOV W1,#1;\nSTR W1,[X0]|STR W1,[X0];\nLDR W3,[X2]|LDR W3,[X2];\nexists (0:X3=0/\\1:X3=0)\n")
	for _, sync := range syncs {
		for _, yield := range []bool{false, true} {
			p, size := planned(test)
			p.Sync, p.Yield = sync, yield
			r := start(t, p, size, 1000)
			const unset = ^uint64(0)
			for i := range r.records {
				r.records[i].Late = unset
			}
			r.call()
			assert.EqualValues(t, 2, r.shared.Arrived)
			assert.NotZero(t, r.shared.Start)
			barriers := map[plan.Sync]uint64{plan.Barrier: 2000}[sync]
			assert.Equal(t, barriers, r.shared.Barrier)
			for _, record := range r.records {
				if sync == plan.Time {
					assert.Less(t, record.Late, uint64(1)<<40)
				} else {
					assert.Equal(t, unset, record.Late)
				}
			}
			for i := range 1000 {
				assert.Equal(t, []byte{1, 0, 0, 0}, r.memory[i*size:i*size+4])
				assert.Equal(t, []byte{1, 0, 0, 0}, r.memory[i*size+line:i*size+line+4])
			}
		}
	}
}

// Each iteration stores the next terms; what registers and flags hold stays.
func TestPerpetual(t *testing.T) {
	test := parsed(t, `AArch64 perpetual
{ 0:X0=x; int64_t y; 0:X1=y; int8_t z; 0:X2=z; int64_t 0:X3; int64_t 0:X4; int64_t 0:X5; int64_t 0:X6; }
 P0            ;
 STR W7,[X0]   ;
 STLR X7,[X1]  ;
 STRB W7,[X2]  ;
 LDR W3,[X0]   ;
 LDR X4,[X1]   ;
 LDRSB X5,[X2] ;
 CINC X6,X6,EQ ;
 CMP X0,X0     ;
exists (0:X3=0 /\ 0:X4=0 /\ 0:X5=0 /\ 0:X6=0)
`)
	p, size := planned(test)
	p.Perpetual = true
	p.Threads[0].Stores = []plan.Store{{Line: 0, First: 5, Stride: 3}, {Line: 1, First: -1 << 40, Stride: 1<<33 + 1}, {Line: 2, First: 1, Stride: -2}}
	const iterations = 1000
	r := start(t, p, size, iterations)
	r.call()
	for i := range int64(iterations) {
		var got [4]int64
		for k := range got {
			got[k] = int64(binary.LittleEndian.Uint64(r.out[0][8*(4*int(i)+k):]))
		}
		require.Equal(t, [4]int64{5 + 3*i, -1<<40 + i*(1<<33+1), int64(int8(1 - 2*i)), i}, got)
	}
}

// A thread that waits for others in vain returns, and takes back that it has arrived; called again when they are there, it goes on.
func TestWithdraws(t *testing.T) {
	test := parsed(t, "AArch64 two\n{0:X0=x;1:X0=x}\nP0|P1;\nMOV W1,#1|LDR W1,[X0];\nSTR W1,[X0]|;\nexists (1:X1=1)\n")
	p, size := planned(test)
	r := start(t, p, size, 10)
	for range 3 {
		r.loaded.CallAt(r.code.Entries[0], unsafe.Pointer(&r.records[0]))
		assert.Zero(t, r.shared.Arrived)
		assert.Zero(t, r.shared.Start)
		assert.Zero(t, r.records[0].Entered)
	}
	r.call()
	assert.EqualValues(t, 2, r.shared.Arrived)
	for i := range 10 {
		assert.Equal(t, byte(1), r.memory[i*size])
	}
}

// A thread whose others do not come waits no longer than its limit.
func TestReleases(t *testing.T) {
	test := parsed(t, "AArch64 two\n{0:X0=x;1:X0=x}\nP0|P1;\nMOV W1,#1|LDR W1,[X0];\nSTR W1,[X0]|;\nexists (1:X1=1)\n")
	p, size := planned(test)
	p.Sync, p.Yield = plan.Barrier, true
	r := start(t, p, size, 10)
	for i := range r.records {
		r.records[i].Limit = 1000
	}
	r.records[1].Count = 5
	r.call()
	assert.GreaterOrEqual(t, r.shared.Barrier, uint64(plan.Released))
	for i := range 10 {
		assert.Equal(t, byte(1), r.memory[i*size])
	}
}
