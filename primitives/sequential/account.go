package sequential

import (
	"errors"

	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/account"
	"github.com/weakmem/litmus/primitives/proptest"
)

type balances [3]int64

// Account is a bank of three accounts, that hold 2, 1 and nothing.
var Account = proptest.Subject[*account.Bank, balances]{
	New:  func(int) *account.Bank { return account.NewBank(2, 1, 0) },
	Init: func() balances { return balances{2, 1, 0} },
	Operations: []proptest.Operation[*account.Bank, balances]{
		{
			Name:     "Transfer", // of 1 or 2, from and to the accounts that the digits of the argument name
			Argument: rapid.SampledFrom([]int{101, 102, 110, 112, 120, 121, 200, 201, 202, 210, 211, 212, 220}),
			Call: func(b *account.Bank, _, n int) any {
				err := b.Transfer(n/10%10, n%10, int64(n/100))
				if err != nil && !errors.Is(err, account.ErrInsufficientFunds) {
					panic(err)
				}
				return err == nil
			},
			Step: func(s balances, n int, result any) (balances, bool) {
				from, to, amount := n/10%10, n%10, int64(n/100)
				if s[from] < amount {
					return s, result == false
				}
				s[from] -= amount
				s[to] += amount
				return s, result == true
			},
		},
		{
			Name:     "Balance",
			Argument: rapid.IntRange(0, 2),
			Call:     func(b *account.Bank, _, n int) any { return b.Balance(n) },
			Step:     func(s balances, n int, result any) (balances, bool) { return s, result == s[n] },
		},
		{
			Name: "Total",
			Call: func(b *account.Bank, _, _ int) any { return b.Total() },
			Step: func(s balances, _ int, result any) (balances, bool) { return s, result == int64(3) },
		},
	},
}
