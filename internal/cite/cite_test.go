package cite_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/weakmem/litmus/internal/cite"
)

func TestAnalyzer(t *testing.T) {
	results := analysistest.Run(t, analysistest.TestData(), cite.Analyzer, "protocol")
	require.Len(t, results, 1)
	var names []string
	for _, c := range results[0].Result.([]cite.Citation) {
		names = append(names, c.Name)
	}
	assert.Equal(t, []string{
		"INV-LATCH-1", "INV-LATCH-2", "INV-LATCH-3", "INV-LATCH-1", "INV-LATCH-4", "INV-LATCH-5", "INV-LATCH-6", "INV-LATCH-1", "INV-LATCH-7",
	}, names)
}
