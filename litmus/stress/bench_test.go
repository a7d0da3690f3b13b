package stress_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus/stress"
)

// BenchmarkRun tells how often tests are run, and how often SB shows what sequential consistency forbids.
func BenchmarkRun(b *testing.B) {
	for _, name := range []string{"SB", "MP", "R", "2+2W", "IRIW"} {
		for _, mode := range []stress.Mode{stress.Sync, stress.Perpetual} {
			b.Run(name+"/"+string(mode), func(b *testing.B) {
				test := named(b, name)
				var r *stress.Result
				for b.Loop() {
					var err error
					if r, err = stress.Run(b.Context(), test, stress.Options{Time: time.Second, Mode: mode}, nil, nil); err != nil {
						b.Skip(err)
					}
				}
				require.NotNil(b, r)
				b.ReportMetric(float64(r.Instances)/r.Elapsed.Seconds(), "instances/s")
				b.ReportMetric(float64(r.Positive())/r.Elapsed.Seconds(), "weak/s")
			})
		}
	}
}
