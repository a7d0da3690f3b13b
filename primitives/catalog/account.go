package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	accounts "github.com/weakmem/litmus/primitives/account"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sequential"
	"github.com/weakmem/litmus/primitives/sync"
)

var account = Protocol{
	Name:     "account",
	Title:    "fine-grained locks over balances, without deadlock",
	Subjects: []Subject{subject("bank", sequential.Account)},
	Programs: []Program{
		{"opposite-transfers", "two transfers between two accounts in opposite directions do not deadlock", accountOpposite},
		{"cycle", "transfers around three accounts do not deadlock", accountCycle},
		{"overdraft", "of two transfers that the account has the funds for one of, one fails", accountOverdraft},
		{"total", "the total is the same at every moment, also amid a transfer", accountTotal},
		{"same-account", "a transfer from an account to itself locks it once", accountSame},
	},
	Mistakes: []Mistake{
		{Program{"argument-order", "a transfer that locks the source first deadlocks with the opposite one", accountArgumentOrder}, "deadlock"},
		{Program{"locked-twice", "a transfer from an account to itself that locks source and target", accountLockedTwice}, "deadlock"},
		{Program{"check-then-act", "a transfer that looks at the balance and takes from it under the lock, but lets go in between", accountCheckThenAct}, "overdrawn"},
		{Program{"no-lock", "a transfer without locks", accountNoLock}, "race"},
		{Program{"one-by-one", "a total summed one account after another", accountOneByOne}, "the total has changed"},
	},
}

// INV-ACCOUNT-1, INV-ACCOUNT-2
func accountOpposite(x *explorer.T) {
	b := accounts.NewBank(10, 10)
	x.Go("there", func() { require.NoError(x, b.Transfer(0, 1, 1)) })
	x.Go("back", func() { require.NoError(x, b.Transfer(1, 0, 2)) })
	x.Join()
	require.EqualValues(x, 11, b.Balance(0))
	require.EqualValues(x, 9, b.Balance(1))
}

// INV-ACCOUNT-1
func accountCycle(x *explorer.T) {
	b := accounts.NewBank(1, 1, 1)
	for i := range 3 {
		x.Go("transfer", func() { require.NoError(x, b.Transfer(i, (i+1)%3, 1)) })
	}
	x.Join()
	for i := range 3 {
		require.EqualValues(x, 1, b.Balance(i))
	}
}

// INV-ACCOUNT-2, INV-ACCOUNT-4
func accountOverdraft(x *explorer.T) {
	b := accounts.NewBank(10, 0)
	var errs [2]error
	for i := range errs {
		x.Go("transfer", func() { errs[i] = b.Transfer(0, 1, 6) })
	}
	x.Go("balance", func() { require.Contains(x, []int64{4, 10}, b.Balance(0)) })
	x.Join()
	require.True(x, (errs[0] == nil) != (errs[1] == nil))
	require.EqualValues(x, 4, b.Balance(0))
	require.EqualValues(x, 6, b.Balance(1))
}

// INV-ACCOUNT-1, INV-ACCOUNT-3
func accountTotal(x *explorer.T) {
	b := accounts.NewBank(1, 1, 1)
	x.Go("there", func() { require.NoError(x, b.Transfer(0, 2, 1)) })
	x.Go("back", func() { require.NoError(x, b.Transfer(2, 0, 1)) })
	require.EqualValues(x, 3, b.Total())
}

// INV-ACCOUNT-1
func accountSame(x *explorer.T) {
	b := accounts.NewBank(1)
	x.Go("self", func() { require.NoError(x, b.Transfer(0, 0, 1)) })
	x.Go("self", func() { require.ErrorIs(x, b.Transfer(0, 0, 2), accounts.ErrInsufficientFunds) })
	x.Join()
	require.EqualValues(x, 1, b.Balance(0))
}

type accountPlain struct {
	mu      sync.Mutex
	balance atomic.Cell[int64]
}

func (a *accountPlain) add(n int64) { a.balance.Store(a.balance.Load() + n) }

func accountLocking(source, target *accountPlain) {
	source.mu.Lock()
	defer source.mu.Unlock()
	target.mu.Lock()
	defer target.mu.Unlock()
	source.add(-1)
	target.add(1)
}

func accountArgumentOrder(x *explorer.T) {
	var a, b accountPlain
	x.Go("there", func() { accountLocking(&a, &b) })
	x.Go("back", func() { accountLocking(&b, &a) })
}

func accountLockedTwice(*explorer.T) {
	var a accountPlain
	accountLocking(&a, &a)
}

func accountCheckThenAct(x *explorer.T) {
	var a accountPlain
	a.balance.Store(10)
	for range 2 {
		x.Go("withdrawal", func() {
			a.mu.Lock()
			enough := a.balance.Load() >= 6
			a.mu.Unlock()
			if enough {
				a.mu.Lock()
				a.add(-6)
				a.mu.Unlock()
			}
		})
	}
	x.Join()
	require.GreaterOrEqual(x, a.balance.Load(), int64(0), "overdrawn")
}

func accountNoLock(x *explorer.T) {
	var a, b accountPlain
	for range 2 {
		x.Go("transfer", func() {
			a.add(-1)
			b.add(1)
		})
	}
}

func accountOneByOne(x *explorer.T) {
	b := accounts.NewBank(1, 1)
	x.Go("transfer", func() { require.NoError(x, b.Transfer(0, 1, 1)) })
	require.EqualValues(x, 2, b.Balance(0)+b.Balance(1), "the total has changed")
}
