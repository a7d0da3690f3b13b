package ir

import (
	"math/big"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestEvalIsModularArithmetic holds the functions against unbounded integers,
// reduced at the end, at every size.
func TestEvalIsModularArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]uint8{1, 2, 4, 8}).Draw(t, "size")
		signed := rapid.Bool().Draw(t, "signed")
		w := uint(size) * 8
		x, y := rapid.Int64().Draw(t, "x"), rapid.Int64().Draw(t, "y")
		carry := rapid.Int64Range(0, 1).Draw(t, "carry")
		modulus := new(big.Int).Lsh(big.NewInt(1), w)
		half := new(big.Int).Rsh(modulus, 1)
		unsigned := func(n int64) *big.Int { return new(big.Int).Mod(big.NewInt(n), modulus) }
		asSigned := func(n *big.Int) *big.Int {
			n = new(big.Int).Mod(n, modulus)
			if n.Cmp(half) >= 0 {
				n.Sub(n, modulus)
			}
			return n
		}
		reduce := func(n *big.Int) int64 {
			if n = asSigned(n); signed || w == 64 {
				return n.Int64()
			}
			return n.Mod(n, modulus).Int64()
		}
		truth := func(b bool) *big.Int {
			if b {
				return big.NewInt(1)
			}
			return new(big.Int)
		}
		a, b := unsigned(x), unsigned(y)
		as, bs := asSigned(a), asSigned(b)
		c := big.NewInt(carry)
		sum := new(big.Int).Add(new(big.Int).Add(a, b), c)
		signedSum := new(big.Int).Add(new(big.Int).Add(as, bs), c)
		want := map[Fn]*big.Int{
			Add: new(big.Int).Add(a, b), Sub: new(big.Int).Sub(a, b), Mul: new(big.Int).Mul(a, b),
			Add3: sum, Neg: new(big.Int).Neg(a), Not: new(big.Int).Not(a),
			And: new(big.Int).And(a, b), Or: new(big.Int).Or(a, b), Xor: new(big.Int).Xor(a, b),
			AndNot: new(big.Int).AndNot(a, b), OrNot: new(big.Int).Or(a, new(big.Int).Not(b)),
			XorNot: new(big.Int).Xor(a, new(big.Int).Not(b)),
			Eq:     truth(a.Cmp(b) == 0), Ne: truth(a.Cmp(b) != 0), LtU: truth(a.Cmp(b) < 0), LeU: truth(a.Cmp(b) <= 0),
			LtS: truth(as.Cmp(bs) < 0), LeS: truth(as.Cmp(bs) <= 0),
			AddCarry: truth(sum.Cmp(modulus) >= 0), AddOverflow: truth(asSigned(signedSum).Cmp(signedSum) != 0),
			SubCarry: truth(a.Cmp(b) >= 0), SubNegative: truth(asSigned(new(big.Int).Sub(a, b)).Sign() < 0),
			SubOverflow: truth(asSigned(new(big.Int).Sub(as, bs)).Cmp(new(big.Int).Sub(as, bs)) != 0),
			MulHiU:      new(big.Int).Rsh(new(big.Int).Mul(a, b), w), MulHiS: new(big.Int).Rsh(new(big.Int).Mul(as, bs), w),
			Shl: new(big.Int).Lsh(a, uint(b.Uint64()%uint64(w))), ShrU: new(big.Int).Rsh(a, uint(b.Uint64()%uint64(w))),
			ShrS: new(big.Int).Rsh(as, uint(b.Uint64()%uint64(w))), Exchange: b, Move: a,
			Clz: big.NewInt(int64(w) - int64(a.BitLen())),
		}
		if b.Sign() != 0 {
			want[DivU], want[RemU] = new(big.Int).Quo(a, b), new(big.Int).Rem(a, b)
			want[DivS], want[RemS] = new(big.Int).Quo(as, bs), new(big.Int).Rem(as, bs)
		}
		for fn, n := range want {
			got, err := Eval(fn, size, signed, Int(x), Int(y), Int(carry))
			require.NoError(t, err)
			assert.Equal(t, reduce(n), got.Int, "function %d of %d and %d, size %d, signed %v", fn, x, y, size, signed)
		}
	})
}

func TestEvalBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Uint64().Draw(t, "x"), rapid.Uint64().Draw(t, "y")
		eval := func(fn Fn, size uint8, b, c int64) uint64 {
			v, err := Eval(fn, size, false, Int(int64(x)), Int(b), Int(c))
			require.NoError(t, err)
			return uint64(v.Int)
		}
		assert.Equal(t, bits.Reverse64(x), eval(RevBits, 8, 0, 0))
		assert.Equal(t, uint64(bits.Reverse32(uint32(x))), eval(RevBits, 4, 0, 0))
		assert.Equal(t, bits.ReverseBytes64(x), eval(RevBytes, 8, 8, 0))
		assert.Equal(t, uint64(bits.ReverseBytes32(uint32(x))), eval(RevBytes, 4, 4, 0))
		k := rapid.IntRange(0, 63).Draw(t, "k")
		assert.Equal(t, bits.RotateLeft64(x, -k), eval(Ror, 8, int64(k), 0))
		n := rapid.IntRange(1, 63).Draw(t, "n")
		assert.Equal(t, x<<(64-n)>>(64-n), eval(ExtU, 8, int64(n), 0))
		assert.Equal(t, uint64(int64(x)<<(64-n)>>(64-n)), eval(ExtS, 8, int64(n), 0))
		at := rapid.IntRange(0, 64-n).Draw(t, "at")
		inserted := eval(Insert, 8, int64(y), int64(at<<8|n))
		for i := range 64 {
			want := x >> i & 1
			if i >= at && i < at+n {
				want = y >> (i - at) & 1
			}
			assert.Equal(t, want, inserted>>i&1, "bit %d", i)
		}
	})
}

// TestEvalOfAddresses: what is known of addresses without their numbers, and
// that the rest is an error.
func TestEvalOfAddresses(t *testing.T) {
	x, x8, y := Value{Sym: 1}, Value{Sym: 1, Int: 8}, Value{Sym: 2}
	for _, c := range []struct {
		fn         Fn
		a, b, want Value
	}{
		{Add, x, Int(8), x8}, {Add, Int(8), x, x8}, {Sub, x8, Int(8), x}, {Sub, x8, x, Int(8)},
		{Xor, x, x, Int(0)}, {Xor, x, Int(0), x}, {And, x, Int(0), Int(0)}, {Or, Int(0), y, y},
		{Eq, x, x, Int(1)}, {Eq, x, y, Int(0)}, {Ne, x, Int(0), Int(1)}, {LtU, x, x8, Int(1)}, {Move, y, Int(0), y},
		{Exchange, x, y, y}, {Mul, x, Int(0), Int(0)},
	} {
		got, err := Eval(c.fn, 8, false, c.a, c.b, Value{})
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "function %d of %v and %v", c.fn, c.a, c.b)
	}
	for _, fn := range []Fn{Add, Mul, And, ShrU, DivU} {
		_, err := Eval(fn, 8, false, x, y, Value{})
		assert.Error(t, err, "function %d", fn)
	}
	assert.Equal(t, x8, Extend(x8, 4, true), "an address fits every register")
}
