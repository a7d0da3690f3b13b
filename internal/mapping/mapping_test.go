package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/internal/mapping"
)

func TestCosts(t *testing.T) {
	for _, c := range []struct {
		architecture string
		op           mapping.Operation
		order        sim.Ordering
		want         mapping.Code
	}{
		{"amd64", mapping.Load, sim.SeqCst, mapping.Code{Instructions: "MOV", Cost: 1}},
		{"amd64", mapping.Store, sim.Release, mapping.Code{Instructions: "MOV", Cost: 1}},
		{"amd64", mapping.Store, sim.SeqCst, mapping.Code{Instructions: "XCHG", Cost: 20}},
		{"amd64", mapping.Add, sim.Relaxed, mapping.Code{Instructions: "LOCK XADD", Cost: 20}},
		{"amd64", mapping.And, sim.Relaxed, mapping.Code{Instructions: "LOCK CMPXCHG", Cost: 20}},
		{"amd64", mapping.Fence, sim.AcqRel, mapping.Code{}},
		{"amd64", mapping.Fence, sim.SeqCst, mapping.Code{Instructions: "MFENCE", Cost: 30}},
		{"arm64", mapping.Load, sim.Relaxed | sim.Silent, mapping.Code{Instructions: "LDR", Cost: 1}},
		{"arm64", mapping.Load, sim.Acquire, mapping.Code{Instructions: "LDAPR", Cost: 2}},
		{"arm64", mapping.Load, sim.SeqCst, mapping.Code{Instructions: "LDAR", Cost: 4}},
		{"arm64", mapping.Store, sim.Release, mapping.Code{Instructions: "STLR", Cost: 4}},
		{"arm64", mapping.Swap, sim.Relaxed, mapping.Code{Instructions: "SWP", Cost: 10}},
		{"arm64", mapping.And, sim.Acquire, mapping.Code{Instructions: "LDCLRA", Cost: 12}},
		{"arm64", mapping.CompareAndSwap, sim.SeqCst, mapping.Code{Instructions: "CASAL", Cost: 14}},
		{"arm64", mapping.Fence, sim.Acquire, mapping.Code{Instructions: "DMB ISHLD", Cost: 10}},
		{"arm64", mapping.Fence, sim.Release, mapping.Code{Instructions: "DMB ISH", Cost: 20}},
	} {
		assert.Equal(t, c.want, mapping.Of(c.architecture, c.op, c.order), "%s %s %s", c.architecture, c.op, c.order)
	}
}

// Every table has every operation at every ordering that C11 allows it.
func TestTablesAreComplete(t *testing.T) {
	all := []sim.Ordering{sim.Relaxed, sim.Acquire, sim.Release, sim.AcqRel, sim.SeqCst}
	for _, target := range mapping.Targets() {
		for _, table := range mapping.Tables(target) {
			for op := mapping.Load; op <= mapping.Fence; op++ {
				orders := all
				switch op {
				case mapping.Load:
					orders = []sim.Ordering{sim.Plain, sim.Relaxed, sim.Acquire, sim.SeqCst, table.Consume}
				case mapping.Store:
					orders = []sim.Ordering{sim.Plain, sim.Relaxed, sim.Release, sim.SeqCst}
				}
				for _, o := range orders {
					for _, size := range []uint8{4, 8} {
						s, err := table.Sequence(op, o, size)
						require.NoError(t, err, "%s: %s %s", table, op, o)
						assert.True(t, s != "" || op == mapping.Fence, "%s: %s %s", table, op, o)
					}
				}
			}
		}
	}
}

func TestFind(t *testing.T) {
	table, err := mapping.Find("arm64", "")
	require.NoError(t, err)
	assert.Equal(t, "arm64/lse", table.String())
	_, err = mapping.Find("arm", "")
	assert.EqualError(t, err, `unknown target "arm": expected amd64, arm64, riscv`)
	_, err = mapping.Find("amd64", "mov")
	assert.EqualError(t, err, `unknown mapping "mov" to amd64: expected xchg, mfence, leading, go`)
}

func TestCombine(t *testing.T) {
	for _, c := range []struct{ success, failure, want sim.Ordering }{
		{sim.Relaxed, sim.Relaxed, sim.Relaxed},
		{sim.Relaxed, sim.Acquire, sim.Acquire},
		{sim.Release, sim.Relaxed, sim.Release},
		{sim.Release, sim.Acquire, sim.AcqRel},
		{sim.AcqRel, sim.Relaxed, sim.AcqRel},
		{sim.Acquire, sim.SeqCst, sim.SeqCst},
	} {
		assert.Equal(t, c.want, mapping.Combine(c.success, c.failure), "%s %s", c.success, c.failure)
	}
}
