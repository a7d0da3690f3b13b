package random_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/internal/random"
	"github.com/weakmem/litmus/litmus"
)

// Every program is a test of its dialect that shows all its registers and locations.
func TestProgramsAreTests(t *testing.T) {
	for _, dialect := range random.Dialects {
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) {
			size := random.Size{Threads: 4, Ops: 5, Total: 12, Locations: 3}
			p := random.Programs(dialect, size).Draw(t, "program")
			observed, total := p.Locations, 0
			for _, ops := range p.Threads {
				require.LessOrEqual(t, len(ops), size.Ops)
				total += len(ops)
				for i := range ops {
					if ops[i].HasResult() {
						observed++
					}
					if dialect == "C" && ops[i].Kind == random.CompareExchange {
						observed++
					}
				}
			}
			require.LessOrEqual(t, total, size.Total)
			for _, q := range append(append(p.Strengthened(), p.Fenced()...), p.Relaxed(), p) {
				test, err := litmus.Parse("random.litmus", []byte(q.Text()))
				require.NoError(t, err, "%s", q)
				assert.Equal(t, dialect, test.Dialect)
				assert.Len(t, test.Program.Threads, len(p.Threads), "%s", q)
				assert.Len(t, test.Observed, observed, "%s", q)
			}
		}))
	}
}

// A strengthened program is another one, and relaxing it gives what relaxing the first gives.
func TestStrengthenedProgramsRelaxAlike(t *testing.T) {
	for _, dialect := range random.Dialects {
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) {
			p := random.Programs(dialect, random.Size{Threads: 3, Ops: 4, Total: 8, Locations: 3}).Draw(t, "program")
			for _, q := range append(p.Strengthened(), p.Fenced()...) {
				assert.NotEqual(t, p.Text(), q.Text())
				assert.Equal(t, p.Relaxed().Text(), q.Relaxed().Text())
			}
		}))
	}
}

func TestOrders(t *testing.T) {
	assert.True(t, random.Relaxed.Below(random.SeqCst))
	assert.True(t, random.AcquirePC.Below(random.Acquire))
	assert.False(t, random.Acquire.Below(random.Release))
	assert.False(t, random.SeqCst.Below(random.SeqCst))
}

// Every listing is a test of its dialect.
func TestListingsAreTests(t *testing.T) {
	for _, dialect := range []string{"X86", "X86_64", "AArch64"} {
		for _, mixed := range []bool{false, true} {
			t.Run(fmt.Sprint(dialect, mixed), rapid.MakeCheck(func(t *rapid.T) {
				l := random.Listings(dialect, random.Size{Threads: 3, Ops: 6, Total: 8, Mixed: mixed}).Draw(t, "listing")
				test, err := litmus.Parse("random.litmus", []byte(l))
				require.NoError(t, err)
				require.Equal(t, dialect, test.Dialect)
			}))
		}
	}
}
