package enumerate_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
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
		x, err := enumerate.NewEngine(enumerate.Options{}).Explain(context.Background(), test, m)
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
}
