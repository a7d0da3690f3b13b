package enumerate_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model/models"
)

const explained = `AArch64 MP+dmb+VARIANT
{ 0:X1=x; 0:X3=y; 1:X1=y; 1:X3=x; }
 P0          | P1          ;
 MOV W0,#1   | LDR W0,[X1] ;
 STR W0,[X1] | VARIANT      ;
 DMB SY      | LDR W2,[X3] ;
 STR W0,[X3] |             ;
exists (1:X0=1 /\ 1:X2=0)
`

// TestExplain: the axiom that forbids message passing with barriers is told
// with its cycle, through the four accesses; without a barrier an execution is shown.
func TestExplain(t *testing.T) {
	m, err := models.Load("aarch64")
	require.NoError(t, err)
	explain := func(variant string) *enumerate.Explanation {
		test, err := litmus.Parse("t.litmus", []byte(strings.ReplaceAll(explained, "VARIANT", variant)))
		require.NoError(t, err)
		x, err := enumerate.NewEngine(enumerate.Options{}).Explain(context.Background(), test, m, test.Condition.Prop.Eval)
		require.NoError(t, err)
		require.NotNil(t, x)
		return x
	}
	x := explain("DMB LD")
	require.False(t, x.Verdict.Consistent)
	require.Len(t, x.Verdict.Violations, 1)
	v := x.Verdict.Violations[0]
	assert.Equal(t, "external", v.Axiom)
	var names, events []string
	for i, e := range v.Cycle {
		names = append(names, e.Name)
		events = append(events, x.Events[e.From])
		assert.Equal(t, e.To, v.Cycle[(i+1)%len(v.Cycle)].From, "the edges close a cycle")
	}
	assert.ElementsMatch(t, []string{"bob", "rfe", "bob", "fre"}, names)
	assert.ElementsMatch(t, []string{
		"P0: STR W0,[X1]: W[x]=1", "P0: STR W0,[X3]: W[y]=1", "P1: LDR W0,[X1]: R[y]=1", "P1: LDR W2,[X3]: R[x]=0",
	}, events)
	assert.Contains(t, x.String(), "irreflexive external fails")

	x = explain("NOP")
	assert.True(t, x.Verdict.Consistent)
	assert.Equal(t, "1:X0=1; 1:X2=0;", x.State)
	assert.Equal(t, `consistent: 1:X0=1; 1:X2=0;
  P0: STR W0,[X1]: W[x]=1
  P0: DMB SY
  P0: STR W0,[X3]: W[y]=1
  P1: LDR W0,[X1]: R[y]=1
    <--rf-- P0: STR W0,[X3]: W[y]=1
  P1: LDR W2,[X3]: R[x]=0
    <--rf-- initial W[x]=0
`, x.String())
}

// Any state can be asked about; of one that no candidate ends in there is nothing to tell.
func TestExplainStates(t *testing.T) {
	test, err := litmus.Parse("t.litmus", []byte(`C 2+2W
{}
P0 (atomic_int* x, atomic_int* y) { atomic_store_explicit(x, 1, memory_order_relaxed); atomic_store_explicit(y, 2, memory_order_relaxed); }
P1 (int* z, atomic_int* x, atomic_int* y) { *z = 1; atomic_store_explicit(y, 1, memory_order_relaxed); atomic_store_explicit(x, 2, memory_order_relaxed); }
P2 (int* z) { *z = 2; }
exists ([x]=1 /\ [y]=1)
`))
	require.NoError(t, err)
	m, err := models.Load("rc11")
	require.NoError(t, err)
	explain := func(state string) *enumerate.Explanation {
		x, err := enumerate.NewEngine(enumerate.Options{}).Explain(context.Background(), test, m, func(values []ir.Value) bool {
			return test.FormatState(values) == state
		})
		require.NoError(t, err)
		return x
	}
	x := explain("[x]=2; [y]=1;")
	require.NotNil(t, x)
	assert.Contains(t, x.String(), "\n    --co--> P1: atomic_store_explicit(x, 2, memory_order_relaxed): W[x]=2\n")
	assert.Contains(t, x.String(), "\n  flag race: P1: *z = 1: W[z]=1 / P2: *z = 2: W[z]=2\n")
	assert.Nil(t, explain("[x]=3; [y]=1;"))
}
