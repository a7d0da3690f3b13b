package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/catalog"
)

// The page says what the code does now, benchmarks aside.
func TestPageIsCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("every program under every model")
	}
	known, err := survey(t.Context(), catalog.All())
	require.NoError(t, err)
	text, err := os.ReadFile("../../../docs/protocols.md")
	require.NoError(t, err)
	now, _, found := strings.Cut(string(text), benchmarks)
	assert.True(t, found, "no benchmarks: go run ./primitives/catalog/table -bench")
	assert.Equal(t, page(known), now, "to write it anew: go run ./primitives/catalog/table")
}

func TestBenchmarksAreCompared(t *testing.T) {
	one := `
goos: linux
BenchmarkTransfer/ring      	 1000	        10.0 ns/op
BenchmarkTransfer/ring      	 1000	        14.0 ns/op
BenchmarkTransfer/channel   	  100	       120 ns/op	       0 B/op
BenchmarkRead/readers=2/ring-2 	  100	     4 ns/op
PASS
`
	two := `
BenchmarkTransfer/ring-2    	 1000	         5.0 ns/op
BenchmarkTransfer/ring-2    	 1000	         9.0 ns/op
BenchmarkTransfer/ring-2    	 1000	         6.0 ns/op
BenchmarkTransfer/channel-2 	  100	       240 ns/op
`
	all := add(add(nil, "ring", one, 1), "ring", two, 2)
	_, rows, _ := strings.Cut(comparison(all), "---:|\n")
	assert.Equal(t, strings.TrimLeft(`
| ring | Transfer | ring | 1.0 | 1.0 | 2.0 |
| ring | Transfer | channel | 10 | 40 | 0.50 |
| ring | Read/readers=2 | ring-2 | 1.0 | - | - |
`, "\n"), rows)
}

func TestSurveyRefusesWhatIsNotVerified(t *testing.T) {
	_, err := survey(t.Context(), []catalog.Protocol{{Name: "latch", Programs: []catalog.Program{{Name: "weak", Body: catalog.All()[0].Mistakes[0].Body}}}})
	assert.ErrorContains(t, err, "latch/weak is not verified: ")
}
