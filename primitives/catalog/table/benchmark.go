package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Each benchmark is run this often, on one processor and on two.
const runs = 5

var processors = []int{1, 2}

// measurement is a benchmark of several contestants at the same work, the protocol's own first.
type measurement struct {
	protocol, name string
	contestants    []contestant
}

// contestant is one of them.
type contestant struct {
	name        string
	nanoseconds map[int][]float64 // an operation, by the number of processors
}

// benchmark runs the benchmarks of a protocol.
func benchmark(ctx context.Context, protocol string) ([]measurement, error) {
	var all []measurement
	for _, n := range processors {
		c := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", ".", "-cpu", strconv.Itoa(n), "-count", strconv.Itoa(runs), "-benchtime", "200ms", "./primitives/"+protocol)
		out, err := c.CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", c, err, out)
		}
		all = add(all, protocol, string(out), n)
	}
	return all, nil
}

var line = regexp.MustCompile(`(?m)^Benchmark(\S+)/(\S+)\s+\d+\s+([0-9.]+) ns/op`)

// add adds what go test printed of runs on so many processors, a number that it appends to names unless it is 1.
func add(all []measurement, protocol, output string, processors int) []measurement {
	for _, m := range line.FindAllStringSubmatch(output, -1) {
		name, contender := m[1], m[2]
		if processors > 1 {
			contender = strings.TrimSuffix(contender, "-"+strconv.Itoa(processors))
		}
		ns, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			continue // not a number, so not a measurement
		}
		i := slices.IndexFunc(all, func(x measurement) bool { return x.name == name })
		if i < 0 {
			i = len(all)
			all = append(all, measurement{protocol: protocol, name: name})
		}
		cs := &all[i].contestants
		j := slices.IndexFunc(*cs, func(c contestant) bool { return c.name == contender })
		if j < 0 {
			j = len(*cs)
			*cs = append(*cs, contestant{contender, map[int][]float64{}})
		}
		at := (*cs)[j].nanoseconds
		at[processors] = append(at[processors], ns)
	}
	return all
}

// comparison writes what follows the heading: ratios, since absolute times say more of the machine than of the code.
func comparison(all []measurement) string {
	var b strings.Builder
	fmt.Fprintf(&b, `
Times of an operation, as multiples of the first contestant's, which is the protocol's own: more is slower. The last column is how
many times as much a contestant gets done on two processors as on one. Medians of %d runs, on a machine of %s
with %d processors; measured by `+"`go run ./primitives/catalog/table -bench`"+`. Natively every ordering is that of `+"`sync/atomic`"+`,
sequentially consistent, so none of this is owed to weak orderings.

Below 1, the alternative is faster: where operations are this short and processors this few, a mutex often is. What a protocol promises besides,
such as progress whatever other goroutines do, readers that write nothing, memory given back at a known time, is on its page.
The traffic of cache lines is not counted: no simulated machine here does that yet. From 1 to 2 processors it shows as a number below 2.

| protocol | benchmark | contestant | 1 processor | 2 processors | from 1 to 2 |
|---|---|---|---:|---:|---:|
`, runs, runtime.GOARCH, runtime.NumCPU())
	for _, m := range all {
		first := m.contestants[0]
		for _, c := range m.contestants {
			fmt.Fprintf(&b, "| %s | %s | %s |", m.protocol, m.name, c.name)
			for _, n := range processors {
				fmt.Fprintf(&b, " %s |", ratio(c.nanoseconds[n], first.nanoseconds[n]))
			}
			fmt.Fprintf(&b, " %s |\n", ratio(c.nanoseconds[processors[0]], c.nanoseconds[processors[1]]))
		}
	}
	return b.String()
}

// ratio is that of medians; "-" if there is none.
func ratio(a, b []float64) string {
	x, y := median(a), median(b)
	if x == 0 || y == 0 {
		return "-"
	}
	switch r := x / y; {
	case r >= 9.95:
		return strconv.FormatFloat(r, 'f', 0, 64)
	case r >= 0.995:
		return strconv.FormatFloat(r, 'f', 1, 64)
	default:
		return strconv.FormatFloat(r, 'f', 2, 64)
	}
}

// median returns 0 of nothing.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
