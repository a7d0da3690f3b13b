package account_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/account"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

// INV-ACCOUNT-1, INV-ACCOUNT-2, INV-ACCOUNT-3, INV-ACCOUNT-4
func TestLinearizable(t *testing.T) { proptest.Check(t, sequential.Account) }

// A total that takes no locks races with transfers.
func TestPlantedBug(t *testing.T) {
	protocol, _ := catalog.Named("account")
	code, err := protocol.Code(t.Context())
	require.NoError(t, err)
	bug, ok := code.Named("Bank.Total=unlocked")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.Account, proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}

// A total that sums one balance after another is not of one moment.
func TestPlantedSum(t *testing.T) {
	s := sequential.Account
	s.Operations = append(s.Operations[:2:2], s.Operations[2])
	s.Operations[2].Call = func(b *account.Bank, _, _ int) any { return b.Balance(0) + b.Balance(1) + b.Balance(2) }
	found := proptest.Falsify(t, s)
	require.Equal(t, "not linearizable", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
