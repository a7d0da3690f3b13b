package account_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/account"
)

func TestTransfer(t *testing.T) {
	b := account.NewBank(10, 0)
	require.NoError(t, b.Transfer(0, 1, 10))
	require.EqualValues(t, 0, b.Balance(0))
	require.EqualValues(t, 10, b.Balance(1))
	require.ErrorIs(t, b.Transfer(0, 1, 1), account.ErrInsufficientFunds)
	require.NoError(t, b.Transfer(0, 1, 0))
	require.NoError(t, b.Transfer(1, 1, 10))
	require.ErrorIs(t, b.Transfer(1, 1, 11), account.ErrInsufficientFunds)
	require.EqualValues(t, 10, b.Balance(1))
	require.EqualValues(t, 10, b.Total())
}

func TestLargest(t *testing.T) {
	b := account.NewBank(math.MaxInt64, 0)
	require.NoError(t, b.Transfer(0, 1, math.MaxInt64))
	require.EqualValues(t, math.MaxInt64, b.Balance(1))
	require.ErrorIs(t, b.Transfer(0, 1, math.MaxInt64), account.ErrInsufficientFunds)
	require.EqualValues(t, math.MaxInt64, b.Total())
	require.Zero(t, account.NewBank().Total())
}

func TestMisuse(t *testing.T) {
	b := account.NewBank(10, 0)
	for message, misuse := range map[string]func(){
		"account.NewBank: expected no negative balance, not -1 of account 1": func() { account.NewBank(1, -1) },
		"account.NewBank: expected a total that fits into an int64":          func() { account.NewBank(math.MaxInt64, 1) },
		"account.Bank.Transfer: expected an amount of at least 0, not -1":    func() { _ = b.Transfer(0, 1, -1) },
		"account.Bank.Transfer: expected an account from 0 to 1, not 2":      func() { _ = b.Transfer(0, 2, 1) },
		"account.Bank.Transfer: expected an account from 0 to 1, not -1":     func() { _ = b.Transfer(-1, 0, 1) },
		"account.Bank.Balance: expected an account from 0 to 1, not 2":       func() { b.Balance(2) },
		"account.Bank.Balance: expected an account, but the bank has none":   func() { account.NewBank().Balance(0) },
	} {
		require.PanicsWithValue(t, message, misuse)
	}
	require.NoError(t, b.Transfer(0, 1, 10), "nothing stays locked")
}

// TestNatively has goroutines transfer at random and one that watches the total, on one processor and on two.
func TestNatively(t *testing.T) {
	transfers := 20_000
	if testing.Short() {
		transfers = 2_000
	}
	const accounts, each = 5, 100
	for _, procs := range []int{1, 2} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		b := account.NewBank(each, each, each, each, each)
		var goroutines sync.WaitGroup
		for seed := range uint64(4) {
			goroutines.Go(func() {
				r := rand.New(rand.NewPCG(seed, 1))
				for range transfers {
					_ = b.Transfer(r.IntN(accounts), r.IntN(accounts), r.Int64N(each))
				}
			})
		}
		goroutines.Go(func() {
			for range transfers / 10 {
				if total := b.Total(); total != accounts*each {
					t.Errorf("the total is %d", total)
					return
				}
			}
		})
		goroutines.Wait()
		for i := range accounts {
			require.GreaterOrEqual(t, b.Balance(i), int64(0))
		}
		require.EqualValues(t, accounts*each, b.Total())
	}
}

func TestAllocatesNothing(t *testing.T) {
	b := account.NewBank(10, 0, 0)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_ = b.Transfer(0, 2, 1)
		b.Balance(2)
		b.Total()
	}))
}
