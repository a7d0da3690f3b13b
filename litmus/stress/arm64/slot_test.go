package arm64

import (
	"math/bits"
	"slices"

	"pgregory.net/rapid"
)

// slot is one operand of a form: the values at its limits, and a generator of all.
type slot struct {
	edges []Operand
	draw  *rapid.Generator[Operand]
}

func among[O Operand](values ...O) slot {
	var s slot
	for _, v := range values {
		s.edges = append(s.edges, v)
	}
	s.draw = rapid.SampledFrom(slices.Clone(s.edges))
	return s
}

// width is X or W.
type width func(int) Register

func (w width) bits() int64 { return w(0).bits() }

// reg is the register at a place that has usual as its number: any, or the zero register.
func (w width) reg(usual int) slot {
	s := among(w(usual), w(0), w(29), w(30), w(0).zero())
	s.draw = rapid.Map(rapid.IntRange(0, 31), func(n int) Operand {
		if n == 31 {
			return w(0).zero()
		}
		return w(n)
	})
	return s
}

// stacked is the same with the stack pointer in place of the zero register.
func (w width) stacked(usual int) slot {
	sp := w(0).zero() | stack
	s := among(w(usual), w(30), sp)
	s.draw = rapid.Map(rapid.IntRange(0, 31), func(n int) Operand {
		if n == 31 {
			return sp
		}
		return w(n)
	})
	return s
}

// stackOnly is the stack pointer.
func (w width) stackOnly() slot { return among(w(0).zero() | stack) }

// steps is the immediates from low to high in steps.
func steps(low, high, step int64) slot {
	s := among(Immediate(low+step*min(1, (high-low)/step)), Immediate(low), Immediate(high))
	s.draw = rapid.Map(rapid.Int64Range(0, (high-low)/step), func(n int64) Operand { return Immediate(low + n*step) })
	return s
}

// ones is the bitmask immediates of a width: runs of ones, rotated, in an element that is repeated.
func (w width) ones() slot {
	mask := func(size, count, by int) Immediate {
		v := uint64(1)<<count - 1
		for at := size; at < 64; at *= 2 {
			v |= v << at
		}
		v = bits.RotateLeft64(v, by)
		if w.bits() == 32 {
			v &= 1<<32 - 1
		}
		return Immediate(v)
	}
	s := among(mask(2, 1, 0), mask(2, 1, 1), mask(4, 3, 1), mask(8, 7, 7), mask(8, 1, 0), mask(16, 15, 3), mask(16, 1, 15),
		mask(32, 1, 0), mask(32, 31, 31), mask(32, 31, 0), mask(32, 16, 7))
	sizes := []int{2, 4, 8, 16, 32}
	if w.bits() == 64 {
		s.edges = append(s.edges, mask(64, 1, 0), mask(64, 63, 63), mask(64, 63, 0), mask(64, 32, 17))
		sizes = append(sizes, 64)
	}
	s.draw = rapid.Custom(func(t *rapid.T) Operand {
		size := rapid.SampledFrom(sizes).Draw(t, "size")
		return mask(size, rapid.IntRange(1, size-1).Draw(t, "ones"), rapid.IntRange(0, size-1).Draw(t, "rotation"))
	})
	return s
}

// modifiers are shifts or extensions, each by amounts from low to high in steps.
func modifiers(low, high, step int, shifts ...Shift) slot {
	var values []Modifier
	for _, s := range shifts {
		for by := low; by <= high; by += step {
			values = append(values, Modifier{s, uint8(by)})
		}
	}
	s := among(values...)
	s.edges = slices.DeleteFunc(s.edges, func(o Operand) bool {
		by := int(o.(Modifier).Amount)
		return high > 4 && step == 1 && by != low && by != high && by != 3
	})
	return s
}

// bases are the registers that an address may have as base.
var bases = rapid.Map(rapid.IntRange(0, 31), func(n int) Memory {
	if n == 31 {
		return At(SP)
	}
	return At(X(n))
})

// plainAddress is [Xn].
func plainAddress() slot {
	s := among(At(X(7)), At(X(0)), At(X(30)), At(SP))
	s.draw = rapid.Map(bases, func(m Memory) Operand { return m })
	return s
}

// offsets is addresses with offsets from low to high in steps, in the modes.
func offsets(low, high, step int64, modes ...Addressing) slot {
	var values []Memory
	for _, mode := range modes {
		for _, n := range []int64{low, high, step} {
			values = append(values, Memory{Base: X(7), Mode: mode, Offset: n})
		}
		values = append(values, Memory{Base: SP, Mode: mode, Offset: step})
	}
	s := among(values...)
	s.draw = rapid.Custom(func(t *rapid.T) Operand {
		m := bases.Draw(t, "base")
		m.Mode = rapid.SampledFrom(modes).Draw(t, "mode")
		m.Offset = low + step*rapid.Int64Range(0, (high-low)/step).Draw(t, "offset")
		return m
	})
	return s
}

// indexes is addresses with an index register, for an access of 1<<size bytes.
func indexes(size uint8) slot {
	var values []Memory
	for _, base := range []Register{X(7), X(0), X(30), SP} {
		for _, by := range []uint8{0, size} {
			values = append(values,
				At(base).Indexed(X(8), Modifier{LSL, by}), At(base).Indexed(X(30), Modifier{SXTX, by}),
				At(base).Indexed(W(0), Modifier{UXTW, by}), At(base).Indexed(WZR, Modifier{SXTW, by}))
		}
	}
	s := among(values...)
	s.edges = slices.Compact(s.edges)
	s.draw = rapid.Custom(func(t *rapid.T) Operand {
		m := rapid.SampledFrom(values).Draw(t, "extension")
		m.Base = bases.Draw(t, "base").Base
		if n := rapid.IntRange(0, 30).Draw(t, "index"); m.Index.Wide() {
			m.Index = X(n)
		} else {
			m.Index = W(n)
		}
		return m
	})
	return s
}

// distances is distances of count bits, in units of step bytes.
func distances(count int, step int64) slot {
	limit := step << (count - 1)
	s := among(Distance(2*step), Distance(0), Distance(-step), Distance(-limit), Distance(limit-step))
	s.draw = rapid.Map(rapid.Int64Range(-limit/step, limit/step-1), func(n int64) Operand { return Distance(n * step) })
	return s
}

// conditions is all of them, up to last.
func conditions(last Condition) slot {
	var values []Condition
	for c := EQ; c <= last; c++ {
		values = append(values, c)
	}
	return among(values...)
}

// bitFields is pairs of slots for the lowest bit of a field and its width: how wide it may be depends on where it is.
func (w width) bitFields() [][]slot {
	var all [][]slot
	for _, low := range []int64{0, 1, w.bits()/2 - 1, w.bits() - 1} {
		all = append(all, []slot{among(Immediate(low)), steps(1, w.bits()-low, 1)})
	}
	return all
}
