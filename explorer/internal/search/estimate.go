package search

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/weakmem/litmus/explorer/sim"
)

// Estimate guesses how many runs a search takes, from n random descents of its
// tree (Knuth, "Estimating the Efficiency of Backtrack Programs", 1975): the product of the numbers of alternatives along a way to
// a leaf is, on average, the number of leaves. It returns the mean and its standard error; the distribution has a long tail, so a small error
// may be one too small.
func Estimate(ctx context.Context, cfg Config, n int, body func(sim.Thread)) (mean, err float64, failure error) {
	m, failure := semanticsOf(cfg.Model)
	if failure != nil {
		return 0, 0, failure
	}
	cfg = Config{Model: cfg.Model, MaxEvents: cfg.MaxEvents, KeepGoing: true, Symmetric: cfg.Symmetric, Seed: cfg.Seed}
	var sum, squares float64
	done := 0
	descend := func(stepwise bool) (over bool) {
		s := newShared(cfg, body, stepwise)
		sum, squares, done = 0, 0, 0
		apart(func() {
			w := newWorker(s, m.forWorker())
			w.on(body, func() {
				r := rand.New(rand.NewPCG(cfg.Seed, 1))
				for done < n && ctx.Err() == nil && !s.over {
					x := w.descend(r)
					sum += x
					squares += x * x
					done++
				}
			})
		})
		return s.over
	}
	if descend(false) {
		descend(true)
	}
	if done == 0 {
		return 0, 0, ctx.Err()
	}
	k := float64(done)
	mean = sum / k
	if done > 1 {
		err = math.Sqrt(max(0, squares/k-mean*mean) / (k - 1))
	}
	return mean, err, nil
}

// descend goes down the tree of choices at random, and returns the product of
// the numbers of alternatives on the way; 0 if the way ends at a graph that is not consistent.
func (w *worker) descend(r *rand.Rand) float64 {
	w.levels = append(w.levels[:0], level{w.g, 0})
	w.choices, w.alternatives = w.choices[:0], w.alternatives[:0]
	w.g.reset()
	w.settled()
	weight := 1.0
	stay := true // the graph as it is, is one of the ways
	for i := 0; i < len(w.choices); {
		c := w.choices[i]
		ways := w.ways(&c)
		n := len(ways)
		if stay {
			n++
		}
		if n == 0 {
			return 0
		}
		weight *= float64(n)
		k := r.IntN(n)
		if k == len(ways) {
			i++
			continue
		}
		w.choices = w.choices[:i]
		stay = true
		switch c.kind {
		case reading:
			if !w.takeSource(c.id, ways[k]) {
				if len(w.choices) == i {
					return 0
				}
				stay = false
				continue
			}
		case arranging:
			p, _ := splitSource(ways[k])
			w.g.cut(c.id + 1)
			w.g.unlink(c.id)
			w.g.link(c.id, p)
			if !w.g.consistent(c.id) {
				return 0
			}
		case choosing:
			w.g.cut(c.id + 1)
			w.g.ev[c.id].val.Bits = uint64(ways[k])
		case revisits:
			w.g.cut(c.id + 1)
			w.revisit(int32(ways[k]), c.id)
			w.levels = w.levels[len(w.levels)-1:]
			p := w.choices[len(w.choices)-1]
			w.choices = w.choices[:len(w.choices)-1]
			n := int(p.end - p.next)
			if n == 0 {
				return 0
			}
			weight *= float64(n)
			p.next += int32(r.IntN(n))
			if !w.place(&p) {
				return 0
			}
		}
		w.settled()
	}
	if w.dead {
		return 0
	}
	return weight
}

// settled runs the graph.
func (w *worker) settled() {
	w.run()
	for w.again {
		w.again = false
		w.run()
	}
}

// ways are the alternatives that a choice has left: sources, values, or loads to revisit.
func (w *worker) ways(c *choice) []source {
	var ways []source
	switch c.kind {
	case arranging:
		return append(ways, w.alternatives[c.next:c.end]...)
	case reading:
		// Most sources of an update among many are taken by others: to choose among them blindly is to end nowhere, nearly always.
		was, choices := w.g, len(w.choices)
		for _, s := range w.alternatives[c.next:c.end] {
			w.g = was.clone()
			leads := w.takeSource(c.id, s)
			if !leads && len(w.choices) > choices {
				r := w.choices[choices]
				leads = w.nextRevisit(&r) != none
			}
			w.choices = w.choices[:choices]
			if leads {
				ways = append(ways, s)
			}
		}
		w.g = was
	case choosing:
		for v := c.next; v < c.end; v++ {
			ways = append(ways, source(v))
		}
	case revisits:
		was := w.g
		w.g = was.clone()
		w.g.cut(c.id + 1)
		d := *c
		for r := w.nextRevisit(&d); r != none; r = w.nextRevisit(&d) {
			ways = append(ways, source(r))
		}
		w.g = was
	}
	return ways
}
