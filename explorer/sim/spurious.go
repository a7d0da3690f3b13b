package sim

// Spurious reports whether an operation that may fail for no reason is to do
// so now: a weak compare-and-swap that finds what it expects, a wait on a condition variable that nobody signals.
//
// It asks the thread, if it has a method Spurious() bool, and else lets it
// choose. A search without a bound on such failures does not end on loops that retry.
func Spurious(th Thread) bool {
	if t, ok := th.(interface{ Spurious() bool }); ok {
		return t.Spurious()
	}
	return th.Choose(2) == 1
}
