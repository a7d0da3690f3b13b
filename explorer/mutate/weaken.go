package mutate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/internal/mapping"
)

// Slot is an ordering that the program gives: that of a site, or that of a compare-and-swap that fails.
type Slot struct {
	Site   *Site
	Failed bool
}

// Name is "Push/tail.Store", or "Push/head.CompareAndSwap failed".
func (s Slot) Name() string {
	if s.Failed {
		return s.Site.Name + " failed"
	}
	return s.Site.Name
}

// Written is the ordering in the source.
func (s Slot) Written() sim.Ordering {
	if s.Failed {
		return s.Site.Failed
	}
	return s.Site.Order
}

func (s Slot) kind() sim.OperationKind {
	if s.Failed {
		return sim.LoadOperation
	}
	return s.Site.Kind
}

// Slots returns the orderings of the program, by site. A fence that is dropped has the ordering Relaxed.
func (c *Code) Slots() []Slot {
	var slots []Slot
	for _, s := range c.Sites() {
		if levels(s.Kind) == nil {
			continue
		}
		slots = append(slots, Slot{s, false})
		if s.Kind == sim.UpdateOperation && s.fails() {
			slots = append(slots, Slot{s, true})
		}
	}
	return slots
}

// Assignment is an ordering for each slot, in the order of [Code.Slots], under which the programs hold, while under every
// weaker one some program fails.
type Assignment struct {
	Orders  []sim.Ordering
	Written bool           // it is that of the source
	Cost    map[string]int // by architecture: see package mapping
}

// Weakening is what a search for the weakest orderings has found.
type Weakening struct {
	Slots   []Slot
	Minimal []Assignment // by cost: that on arm64, then that on amd64
	// Complete: these are all. Else the search was cut short, and there may be others.
	Complete     bool
	Explorations int // of all programs
	Bounds       []string
}

// Weakest returns every minimal assignment of orderings with which the programs hold. It calls progress, if that is not
// nil, after each assignment that it has tried. If the context ends it returns what it has found, not complete.
//
// Strengthening an ordering never makes an execution possible. So those under which the programs hold are upward
// closed, and the search goes as for minimal unsatisfiable subsets (MARCO: Liffiton, Previti, Malik and Marques-Silva,
// Constraints 2016): an assignment that nothing known decides is tried; if it holds, it is weakened as far as it goes, and
// nothing stronger need be tried; if not, it is strengthened as long as it fails, and nothing weaker need be tried.
func (c *Code) Weakest(ctx context.Context, progress func(w *Weakening)) (*Weakening, error) {
	s := &lattice{c: c, ctx: ctx, progress: progress, w: &Weakening{Slots: c.Slots()}, programs: slices.Clone(c.config.Programs)}
	top, written := make([]sim.Ordering, len(s.w.Slots)), make([]sim.Ordering, len(s.w.Slots))
	for i, slot := range s.w.Slots {
		top[i], written[i] = sim.SeqCst, slot.Written()
	}
	s.top = top
	err := s.search(written)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		err = nil
	} else if err == nil {
		s.w.Complete = len(s.w.Bounds) == 0
	}
	for i := range s.w.Minimal {
		a := &s.w.Minimal[i]
		a.Written = slices.Equal(a.Orders, written)
		a.Cost = map[string]int{}
		for _, architecture := range mapping.Architectures() {
			for _, code := range s.w.Instructions(*a, architecture) {
				a.Cost[architecture] += code.Cost
			}
		}
	}
	slices.SortStableFunc(s.w.Minimal, func(a, b Assignment) int {
		return cmp.Or(a.Cost["arm64"]-b.Cost["arm64"], a.Cost["amd64"]-b.Cost["amd64"])
	})
	return s.w, err
}

// Instructions is what an operation becomes on an architecture, and its cost, which orders alternatives and means nothing
// else.
type Instructions = mapping.Code

// Instructions returns what each slot's operation becomes on an architecture, amd64 or arm64; nothing for the slots of
// failures, which are part of their site's.
func (w *Weakening) Instructions(a Assignment, architecture string) []Instructions {
	codes := make([]Instructions, len(w.Slots))
	for i, s := range w.Slots {
		if s.Failed {
			continue
		}
		o := a.Orders[i]
		if i+1 < len(w.Slots) && w.Slots[i+1].Failed {
			o = join(o, a.Orders[i+1])
		}
		codes[i] = mapping.Of(architecture, s.Site.operation(), o)
	}
	return codes
}

// join is the weakest ordering that is at least both.
func join(a, b sim.Ordering) sim.Ordering {
	switch {
	case atMost(a, b):
		return b
	case atMost(b, a):
		return a
	}
	return sim.AcqRel
}

func (s *Site) operation() mapping.Operation {
	switch s.Kind {
	case sim.LoadOperation:
		return mapping.Load
	case sim.StoreOperation:
		return mapping.Store
	case sim.FenceOperation:
		return mapping.Fence
	}
	switch {
	case strings.HasPrefix(s.Method, "CompareAndSwap"):
		return mapping.CompareAndSwap
	case s.Method == "Swap":
		return mapping.Swap
	case s.Method == "And":
		return mapping.And
	case s.Method == "Or":
		return mapping.Or
	}
	return mapping.Add
}

// lattice is a search among assignments.
type lattice struct {
	c        *Code
	ctx      context.Context
	progress func(*Weakening)
	w        *Weakening
	programs []Program
	top      []sim.Ordering
	failing  [][]sim.Ordering // maximal
}

func (s *lattice) search(written []sim.Ordering) error {
	ok, err := s.holds(s.top)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("mutate: the programs fail even if every ordering is seq_cst")
	}
	for seed := written; seed != nil; seed = s.undecided() {
		ok, err := s.holds(seed)
		if err != nil {
			return err
		}
		if ok {
			if seed, err = s.weaken(seed); err != nil {
				return err
			}
			s.w.Minimal = append(s.w.Minimal, Assignment{Orders: seed})
		} else {
			if seed, err = s.strengthen(seed); err != nil {
				return err
			}
			s.failing = append(s.failing, seed)
		}
	}
	return nil
}

// holds reports whether every program holds under an assignment.
func (s *lattice) holds(a []sim.Ordering) (bool, error) {
	for _, m := range s.w.Minimal {
		if s.below(m.Orders, a) {
			return true, nil
		}
	}
	for _, f := range s.failing {
		if s.below(a, f) {
			return false, nil
		}
	}
	v, err := s.c.try(s.ctx, s.c.assign(s.w.Slots, a), s.programs)
	if err != nil {
		return false, err
	}
	if v.Killed { // what killed last is likely to kill next
		i := slices.IndexFunc(s.programs, func(p Program) bool { return p.Name == v.Program })
		p := s.programs[i]
		copy(s.programs[1:i+1], s.programs[:i])
		s.programs[0] = p
	}
	s.w.Explorations++
	for _, b := range v.Bounds {
		if !slices.Contains(s.w.Bounds, b) {
			s.w.Bounds = append(s.w.Bounds, b)
		}
	}
	if s.progress != nil {
		s.progress(s.w)
	}
	return !v.Killed, nil
}

func (s *lattice) below(a, b []sim.Ordering) bool {
	for i := range a {
		if !atMost(a[i], b[i]) {
			return false
		}
	}
	return true
}

// weaken makes a minimal assignment of one that holds.
func (s *lattice) weaken(a []sim.Ordering) ([]sim.Ordering, error) {
	a = slices.Clone(a)
	for i := range a {
		for stuck := false; !stuck; {
			stuck = true
			for _, o := range weaker(s.w.Slots[i].kind(), a[i]) {
				was := a[i]
				a[i] = o
				ok, err := s.holds(a)
				if err != nil {
					return nil, err
				}
				if ok {
					stuck = false
					break
				}
				a[i] = was
			}
		}
	}
	return a, nil
}

// strengthen makes a maximal failing assignment of one that fails.
func (s *lattice) strengthen(a []sim.Ordering) ([]sim.Ordering, error) {
	a = slices.Clone(a)
	for i := range a {
		// The strongest first: mostly one ordering is what is amiss, and all others can be as strong as can be.
		all := levels(s.w.Slots[i].kind())
		for _, o := range slices.Backward(all) {
			if o == a[i] || !atMost(a[i], o) {
				continue
			}
			was := a[i]
			a[i] = o
			ok, err := s.holds(a)
			if err != nil {
				return nil, err
			}
			if !ok {
				break
			}
			a[i] = was
		}
	}
	return a, nil
}

// undecided returns an assignment that is not known to hold nor to fail; nil if there is none. It starts from the weakest,
// and strengthens only what it must.
func (s *lattice) undecided() []sim.Ordering {
	a := make([]sim.Ordering, len(s.top))
	for i := range a {
		a[i] = sim.Relaxed
	}
	if s.avoid(a, 0) {
		return a
	}
	return nil
}

// avoid strengthens an assignment until it is below none of the failing ones, from a number on, and above no minimal one.
func (s *lattice) avoid(a []sim.Ordering, from int) bool {
	for _, m := range s.w.Minimal {
		if s.below(m.Orders, a) {
			return false
		}
	}
	for ; from < len(s.failing); from++ {
		if s.below(a, s.failing[from]) {
			break
		}
	}
	if from == len(s.failing) {
		return true
	}
	f := s.failing[from]
	for i := range a {
		// The least orderings that are not at most what failed.
		for _, o := range levels(s.w.Slots[i].kind()) {
			up := join(a[i], o)
			if atMost(o, f[i]) || !s.least(i, o, f[i]) || !slices.Contains(levels(s.w.Slots[i].kind()), up) {
				continue
			}
			was := a[i]
			a[i] = up
			if s.avoid(a, from+1) {
				return true
			}
			a[i] = was
		}
	}
	return false
}

// least reports whether everything weaker than o is at most f.
func (s *lattice) least(i int, o, f sim.Ordering) bool {
	for _, p := range weaker(s.w.Slots[i].kind(), o) {
		if !atMost(p, f) {
			return false
		}
	}
	return true
}

// assignment is an interceptor that gives every slot an ordering.
type assignment struct {
	c      *Code
	orders map[identity][2]sim.Ordering
}

func (c *Code) assign(slots []Slot, orders []sim.Ordering) assignment {
	a := assignment{c, map[identity][2]sim.Ordering{}}
	for i, s := range slots {
		o := a.orders[s.Site.identity]
		if s.Failed {
			o[1] = orders[i]
		} else {
			o = [2]sim.Ordering{orders[i], s.Site.Failed}
		}
		a.orders[s.Site.identity] = o
	}
	return a
}

func (a assignment) Intercept(op *sim.Operation) {
	p := a.c.here()
	if p.foreign || p.outside || p.lock {
		return
	}
	o, ok := a.orders[identity{p.pkg, p.function, p.file, p.line, op.Kind, op.Order, op.Failed}]
	if !ok {
		return
	}
	if op.Kind == sim.FenceOperation && o[0] == sim.Relaxed {
		op.Do = sim.Nothing
		return
	}
	op.Order, op.Failed = o[0], o[1]
}

// String is a line a slot: its name and ordering.
func (w *Weakening) String() string {
	var b strings.Builder
	for n, a := range w.Minimal {
		fmt.Fprintf(&b, "%d:\n", n+1)
		for i, s := range w.Slots {
			fmt.Fprintf(&b, "  %s %s\n", s.Name(), a.Orders[i])
		}
	}
	return b.String()
}
