package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/model/models"
)

// Every test says what it teaches and what every model of its dialect owes it.
func TestEntriesAreWhole(t *testing.T) {
	files := map[string]string{} // by dialect and name
	for _, e := range catalog.Files() {
		t.Run(e.File, func(t *testing.T) {
			test, err := e.Parse()
			require.NoError(t, err)
			assert.NotEmpty(t, test.Value("Teaches"), "expected a line Teaches=")
			key := test.Dialect + " " + test.Name
			assert.Empty(t, files[key], "the name %s is taken", key)
			files[key] = e.File
			var expected, owed []string
			for _, x := range test.Expect {
				expected = append(expected, x.Model)
			}
			for _, m := range models.List {
				if m.Fits(test.Dialect) {
					owed = append(owed, m.Name)
				}
			}
			assert.ElementsMatch(t, owed, expected, "the models that Expect= names")
		})
	}
	assert.NotEmpty(t, files)
}
