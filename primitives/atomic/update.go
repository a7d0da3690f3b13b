package atomic

import (
	"strconv"

	"github.com/weakmem/litmus/explorer/sim"
)

// The functions of the read-modify-writes, as sim.Update wants them.

type integer interface {
	int32 | int64 | uint32 | uint64
}

// word makes signed integers sign-extended words, as sim.Kind's default format expects.
func word[T integer](n T) sim.Word { return sim.Bits(uint64(n)) }

func formatUnsigned(w sim.Word) string { return strconv.FormatUint(w.Bits, 10) }

func add[T integer](old, delta, _ sim.Word) (sim.Word, sim.Verdict) {
	return word(T(old.Bits) + T(delta.Bits)), sim.Write
}

func and(old, mask, _ sim.Word) (sim.Word, sim.Verdict) {
	return sim.Bits(old.Bits & mask.Bits), sim.Write
}

func or(old, mask, _ sim.Word) (sim.Word, sim.Verdict) {
	return sim.Bits(old.Bits | mask.Bits), sim.Write
}

func exchange(_, new, _ sim.Word) (sim.Word, sim.Verdict) { return new, sim.Write }

func compareExchange(old, expected, new sim.Word) (sim.Word, sim.Verdict) {
	if old != expected {
		return old, sim.Keep
	}
	return new, sim.Write
}

// failExchange is a compare-and-swap that fails even if it finds what it expects.
func failExchange(old, _, _ sim.Word) (sim.Word, sim.Verdict) { return old, sim.Keep }

func compareAndSwap(th sim.Thread, v sim.Var, expected, new sim.Word, success, failure Ordering) bool {
	_, did := th.Update(v, compareExchange, expected, new, success, failure)
	return did == sim.Write
}

func compareAndSwapWeak(th sim.Thread, v sim.Var, expected, new sim.Word, success, failure Ordering) bool {
	if sim.Spurious(th) {
		th.Update(v, failExchange, expected, new, success, failure)
		return false
	}
	return compareAndSwap(th, v, expected, new, success, failure)
}
