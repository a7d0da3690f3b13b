package account_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/account"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
)

type balances [3]int64

var subject = proptest.Subject[*account.Bank, balances]{
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

// INV-ACCOUNT-1, INV-ACCOUNT-2, INV-ACCOUNT-3, INV-ACCOUNT-4
func TestLinearizable(t *testing.T) { proptest.Check(t, subject) }

func TestLinearizableNatively(t *testing.T) { proptest.Stress(t, subject, proptest.Clients(30)) }

// A total that takes no locks races with transfers.
func TestPlantedBug(t *testing.T) {
	protocol, _ := catalog.Named("account")
	code, err := protocol.Code(t.Context())
	require.NoError(t, err)
	bug, ok := code.Named("Bank.Total=unlocked")
	require.True(t, ok)
	found := proptest.Falsify(t, subject, proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}

// A total that sums one balance after another is not of one moment.
func TestPlantedSum(t *testing.T) {
	s := subject
	s.Operations = append(s.Operations[:2:2], s.Operations[2])
	s.Operations[2].Call = func(b *account.Bank, _, _ int) any { return b.Balance(0) + b.Balance(1) + b.Balance(2) }
	found := proptest.Falsify(t, s)
	require.Equal(t, "not linearizable", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
