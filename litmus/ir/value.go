package ir

import (
	"cmp"
	"fmt"
	"math/bits"
)

// Value is what a register or a cell holds: an integer, or a symbol plus an
// offset. Integers are kept as 64 bits.
type Value struct {
	Sym int32 // 0: an integer
	Int int64 // the integer, or the offset in bytes from the symbol
}

// IsTrue reports whether v counts as true: it is not the integer zero.
func (v Value) IsTrue() bool { return v.Sym != 0 || v.Int != 0 }

// Compare orders values: integers first, then symbols in the order of their
// interning, each by offset.
func (v Value) Compare(w Value) int {
	return cmp.Or(cmp.Compare(v.Sym, w.Sym), cmp.Compare(v.Int, w.Int))
}

// Int makes an integer value.
func Int(n int64) Value { return Value{Int: n} }

// Fn is a pure function of a Compute (or of an Update, where the first
// argument is the old value). Arguments are first truncated to Micro.Size
// bytes, read as signed or unsigned as the function says; the result is
// truncated to Size and extended to 64 bits: zero-extended, or sign-extended
// if the micro-operation has the Signed flag.
type Fn uint8

const (
	Move   Fn = iota // a
	Not              // ^a
	Neg              // -a
	Add              // a+b
	Sub              // a-b
	And              // a&b
	Or               // a|b
	Xor              // a^b
	AndNot           // a&^b
	OrNot            // a|^b
	XorNot           // a^^b
	Mul              // a*b
	DivU             // a/b; 0 if b is 0 (AArch64)
	DivS
	RemU // a%b; a if b is 0 (RISC-V)
	RemS
	Shl // a<<b; b modulo the width
	ShrU
	ShrS
	Ror
	Eq // 1 or 0, whatever the size
	Ne
	LtU
	LtS
	LeU
	LeS
	MinU
	MinS
	MaxU
	MaxS
	AddCarry    // carry out of a+b+c
	AddOverflow // signed overflow of a+b+c
	Add3        // a+b+c
	ExtU        // a's low b bits, zero-extended
	ExtS        // a's low b bits, sign-extended
	Insert      // a with its bits [c>>8, c>>8 + c&255) replaced by the low bits of b
	Clz
	RevBits
	RevBytes // a's bytes reversed within groups of b bytes
	MulHiU   // high half of the 2*Size product
	MulHiS
	Exchange // b: for Update
	// The flags of a-b, which addresses have too: of different symbols they are unordered, and all zero.
	SubNegative // the sign of the difference
	SubCarry    // no borrow: a ≥ b, unsigned
	SubOverflow // signed overflow
)

// truncate keeps the low size bytes of n, sign- or zero-extended.
func truncate(n int64, size uint8, signed bool) int64 {
	if size >= 8 {
		return n
	}
	s := 64 - 8*uint(size)
	if signed {
		return n << s >> s
	}
	return int64(uint64(n) << s >> s)
}

// Extend truncates v to size bytes and extends it; symbols pass unchanged.
func Extend(v Value, size uint8, signed bool) Value {
	if v.Sym != 0 {
		return v
	}
	return Value{Int: truncate(v.Int, size, signed)}
}

// Eval applies fn at a width of size bytes. It fails only where a symbol
// stands and an integer is needed.
func Eval(fn Fn, size uint8, signed bool, a, b, c Value) (Value, error) {
	if a.Sym != 0 || b.Sym != 0 || c.Sym != 0 {
		return evalSymbolic(fn, a, b, c)
	}
	return Value{Int: truncate(evalInt(fn, size, a.Int, b.Int, c.Int), size, signed)}, nil
}

func evalSymbolic(fn Fn, a, b, c Value) (Value, error) {
	zero := Value{}
	switch fn {
	case Move:
		return a, nil
	case Exchange:
		return b, nil
	case Add:
		switch {
		case b.Sym == 0:
			return Value{a.Sym, a.Int + b.Int}, nil
		case a.Sym == 0:
			return Value{b.Sym, a.Int + b.Int}, nil
		}
	case Add3:
		if s, err := Eval(Add, 8, false, a, b, zero); err == nil {
			return Eval(Add, 8, false, s, c, zero)
		}
	case Sub:
		switch {
		case b.Sym == 0:
			return Value{a.Sym, a.Int - b.Int}, nil
		case a.Sym == b.Sym:
			return Value{Int: a.Int - b.Int}, nil
		}
	case Or, Xor:
		switch {
		case fn == Xor && a == b:
			return zero, nil
		case fn == Or && a == b:
			return a, nil
		case a == zero:
			return b, nil
		case b == zero:
			return a, nil
		}
	case And:
		switch {
		case a == b, b == Int(-1):
			return a, nil
		case a == Int(-1):
			return b, nil
		case a == zero, b == zero:
			return zero, nil
		}
	case AndNot:
		switch {
		case a == b, a == zero:
			return zero, nil
		case b == zero:
			return a, nil
		}
	case Shl, ShrU, ShrS, Ror:
		if b == zero {
			return a, nil
		}
	case ExtU, ExtS: // an address fits every register that it is kept in
		return a, nil
	case Mul:
		switch {
		case a == zero, b == zero:
			return zero, nil
		case a == Int(1):
			return b, nil
		case b == Int(1):
			return a, nil
		}
	case Eq, Ne:
		if (a == b) == (fn == Eq) {
			return Int(1), nil
		}
		return zero, nil
	case LtU, LtS, LeU, LeS:
		if a.Sym == b.Sym {
			return Eval(fn, 8, false, Int(a.Int), Int(b.Int), zero)
		}
		// Zero is the null pointer: below every address.
		if a == zero {
			return Int(1), nil
		}
		if b == zero {
			return zero, nil
		}
	case SubNegative, SubCarry, SubOverflow:
		if a.Sym == b.Sym {
			return Eval(fn, 8, false, Int(a.Int), Int(b.Int), zero)
		}
		if fn == SubCarry && b == zero { // above the null pointer
			return Int(1), nil
		}
		return zero, nil
	case AddCarry, AddOverflow:
		return zero, nil
	}
	return zero, fmt.Errorf("arithmetic on an address")
}

func evalInt(fn Fn, size uint8, x, y, z int64) int64 {
	w := 8 * uint(size)
	if w > 64 {
		w = 64
	}
	a, b := uint64(truncate(x, size, false)), uint64(truncate(y, size, false))
	as, bs := truncate(x, size, true), truncate(y, size, true)
	bit := func(t bool) int64 {
		if t {
			return 1
		}
		return 0
	}
	switch fn {
	case Move:
		return x
	case Exchange:
		return y
	case Not:
		return ^x
	case Neg:
		return -x
	case Add:
		return x + y
	case Add3:
		return x + y + z
	case Sub:
		return x - y
	case And:
		return x & y
	case Or:
		return x | y
	case Xor:
		return x ^ y
	case AndNot:
		return x &^ y
	case OrNot:
		return x | ^y
	case XorNot:
		return x ^ ^y
	case Mul:
		return x * y
	case DivU:
		if b == 0 {
			return 0
		}
		return int64(a / b)
	case DivS:
		if bs == 0 {
			return 0
		}
		if bs == -1 {
			return -as
		}
		return as / bs
	case RemU:
		if b == 0 {
			return x
		}
		return int64(a % b)
	case RemS:
		if bs == 0 {
			return x
		}
		if bs == -1 {
			return 0
		}
		return as % bs
	case Shl:
		return int64(a << (b % uint64(w)))
	case ShrU:
		return int64(a >> (b % uint64(w)))
	case ShrS:
		return as >> (b % uint64(w))
	case Ror:
		k := b % uint64(w)
		if k == 0 {
			return int64(a)
		}
		return int64(a>>k | a<<(uint64(w)-k))
	case Eq:
		return bit(a == b)
	case Ne:
		return bit(a != b)
	case LtU:
		return bit(a < b)
	case LtS:
		return bit(as < bs)
	case LeU:
		return bit(a <= b)
	case LeS:
		return bit(as <= bs)
	case MinU:
		return int64(min(a, b))
	case MinS:
		return min(as, bs)
	case MaxU:
		return int64(max(a, b))
	case MaxS:
		return max(as, bs)
	case AddCarry:
		sum, carry := bits.Add64(a, b, uint64(z&1))
		if w == 64 {
			return int64(carry)
		}
		return int64(sum >> w & 1)
	case AddOverflow:
		r := truncate(x+y+z&1, size, true)
		return bit((as < 0) == (bs < 0) && (r < 0) != (as < 0))
	case SubNegative:
		return bit(truncate(x-y, size, true) < 0)
	case SubCarry:
		return bit(a >= b)
	case SubOverflow:
		r := truncate(x-y, size, true)
		return bit((as < 0) != (bs < 0) && (r < 0) != (as < 0))
	case ExtU, ExtS:
		if y <= 0 || y >= 64 {
			return x
		}
		s := 64 - uint(y)
		if fn == ExtS {
			return x << s >> s
		}
		return int64(uint64(x) << s >> s)
	case Insert:
		at, n := uint(z>>8), uint(z&255)
		mask := uint64(1)<<n - 1
		return int64(uint64(x)&^(mask<<at) | (uint64(y)&mask)<<at)
	case Clz:
		return int64(bits.LeadingZeros64(a)) - int64(64-w)
	case RevBits:
		return int64(bits.Reverse64(a) >> (64 - w))
	case RevBytes:
		var r uint64
		g := uint(y) // bytes a group
		for i := uint(0); i < w/8; i++ {
			j := i/g*g + g - 1 - i%g
			r |= a >> (8 * i) & 0xff << (8 * j)
		}
		return int64(r)
	case MulHiU:
		hi, lo := bits.Mul64(a, b)
		if w == 64 {
			return int64(hi)
		}
		return int64(lo >> w)
	case MulHiS:
		if w < 64 {
			return as * bs >> w
		}
		hi, _ := bits.Mul64(uint64(as), uint64(bs))
		if as < 0 {
			hi -= uint64(bs)
		}
		if bs < 0 {
			hi -= uint64(as)
		}
		return int64(hi)
	}
	panic("ir: unknown function")
}
