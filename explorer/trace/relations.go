package trace

// Edge is an arrow of the execution graph, between two steps. From is Initial
// where the arrow begins at the initial value of To's location.
type Edge struct {
	Relation Relation `json:"relation"`
	From     int      `json:"from"`
	To       int      `json:"to"`
}

// Relation names the arrows of one kind.
type Relation string

const (
	ProgramOrder Relation = "po"    // to the thread's next step
	ReadsFrom    Relation = "rf"    // from a write to a read of its value
	Coherence    Relation = "co"    // from a write to the next write of the location
	FromRead     Relation = "fr"    // from a read to the first write that overwrites what it read
	Spawned      Relation = "spawn" // from a Spawn to the thread's first step
	Joined       Relation = "join"  // from a thread's last step to a Join
)

// Edges returns the arrows, immediate ones only: relation by relation, in the order of the steps that they lead to.
func (e *Execution) Edges() []Edge {
	var po, rf, co, fr, spawn, join []Edge
	threads := e.ByThread()
	next := e.overwriters()
	for i, s := range e.Steps {
		if s.Kind.Reads() && e.origin(s.From) {
			rf = append(rf, Edge{ReadsFrom, s.From, i})
			if w, ok := next[version{s.Location, s.From}]; ok && w != i {
				fr = append(fr, Edge{FromRead, i, w})
			}
		}
		if s.Kind.Writes() && e.origin(s.CoAfter) {
			co = append(co, Edge{Coherence, s.CoAfter, i})
		}
		if s.Target < 0 || s.Target >= len(threads) || len(threads[s.Target]) == 0 {
			continue
		}
		switch of := threads[s.Target]; s.Kind {
		case Spawn:
			spawn = append(spawn, Edge{Spawned, i, of[0]})
		case Join:
			join = append(join, Edge{Joined, of[len(of)-1], i})
		}
	}
	for _, of := range threads {
		for i := 1; i < len(of); i++ {
			po = append(po, Edge{ProgramOrder, of[i-1], of[i]})
		}
	}
	var all []Edge
	for _, edges := range [][]Edge{po, rf, co, fr, spawn, join} {
		all = append(all, edges...)
	}
	return all
}

// ByThread returns the steps of each thread, in program order.
func (e *Execution) ByThread() [][]int {
	threads := make([][]int, len(e.Threads))
	for i, s := range e.Steps {
		if s.Thread >= 0 && s.Thread < len(threads) {
			threads[s.Thread] = append(threads[s.Thread], i)
		}
	}
	for _, steps := range threads {
		e.sortByIndex(steps)
	}
	return threads
}

// origin reports whether i can be the beginning of an arrow.
func (e *Execution) origin(i int) bool { return i >= Initial && i < len(e.Steps) }

// version is one value of a location: the one that a step wrote, or the initial one.
type version struct {
	location string
	step     int
}

// overwriters returns the write that follows each version in coherence order.
func (e *Execution) overwriters() map[version]int {
	next := map[version]int{}
	for i, s := range e.Steps {
		if s.Kind.Writes() && e.origin(s.CoAfter) {
			next[version{s.Location, s.CoAfter}] = i
		}
	}
	return next
}

// coherence returns the writes of a location in coherence order.
func coherence(location string, next map[version]int) []int {
	var writes []int
	// A chain longer than there are writes goes in a circle.
	for w, ok := next[version{location, Initial}]; ok && len(writes) < len(next); w, ok = next[version{location, w}] {
		writes = append(writes, w)
	}
	return writes
}

// locations returns the locations of the steps, in the order of their first use.
func (e *Execution) locations() []string {
	var names []string
	seen := map[string]bool{"": true}
	for _, s := range e.Steps {
		if !seen[s.Location] {
			seen[s.Location] = true
			names = append(names, s.Location)
		}
	}
	return names
}
