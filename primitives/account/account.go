// Package account is a bank whose accounts have a lock each: transfers between different accounts do not hold one another up,
// and none deadlock.
//
// A transfer holds the locks of its two accounts at once, so that no one sees the money gone from one and not yet in the
// other. Locks are taken in the order of the accounts' numbers. Of any goroutines that wait, the one that waits for the
// highest account waits for a holder that waits for none: there is no cycle (Havender, "Avoiding Deadlock in Multitasking
// Systems", IBM Systems Journal 7(2), 1968). No lock is given back before all are held, so operations are as if each
// happened at one moment (two-phase locking: Eswaran, Gray, Lorie, Traiger, CACM 19(11), 1976).
//
// A transfer costs two locks however many accounts there are, a balance one, and the total all of them. specs/account.md has
// the invariants.
package account

import (
	"errors"
	"fmt"
	"math"

	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// ErrInsufficientFunds is the error of a transfer of more than the account has.
var ErrInsufficientFunds = errors.New("account: insufficient funds")

// Bank is accounts, numbered from 0. It must be made by [NewBank].
type Bank struct {
	accounts []account
}

type account struct {
	mu      sync.Mutex
	balance atomic.Cell[int64] // held by mu; not negative
	_       cpu.CacheLinePad
}

// NewBank returns a bank with an account for each balance. It panics if one is negative, or their sum overflows.
func NewBank(balances ...int64) *Bank {
	b := &Bank{accounts: make([]account, len(balances))}
	total := int64(0)
	for i, n := range balances {
		if n < 0 {
			panic(fmt.Sprintf("account.NewBank: expected no negative balance, not %d of account %d", n, i))
		}
		if n > math.MaxInt64-total {
			panic("account.NewBank: expected a total that fits into an int64")
		}
		total += n
		b.accounts[i].balance.Store(n)
	}
	return b
}

// Transfer moves an amount from one account to another, or returns [ErrInsufficientFunds] and moves nothing. It panics if the
// amount is negative.
func (b *Bank) Transfer(from, to int, amount int64) error {
	if amount < 0 {
		panic(fmt.Sprintf("account.Bank.Transfer: expected an amount of at least 0, not %d", amount))
	}
	source, target := b.account("Transfer", from), b.account("Transfer", to)
	first, second := source, target
	if to < from {
		first, second = target, source
	}
	first.mu.Lock() // INV-ACCOUNT-1, INV-ACCOUNT-2
	defer first.mu.Unlock()
	if second != first {
		second.mu.Lock() // INV-ACCOUNT-1, INV-ACCOUNT-2
		defer second.mu.Unlock()
	}
	if source.balance.Load() < amount {
		return ErrInsufficientFunds // INV-ACCOUNT-4
	}
	source.balance.Store(source.balance.Load() - amount)
	target.balance.Store(target.balance.Load() + amount) // INV-ACCOUNT-3: no overflow, for it is at most the total
	return nil
}

// Balance returns what is in an account.
func (b *Bank) Balance(number int) int64 {
	a := b.account("Balance", number)
	a.mu.Lock() // INV-ACCOUNT-2
	defer a.mu.Unlock()
	return a.balance.Load()
}

// Total returns the sum of all accounts at one moment. Since nothing comes in or goes out, it is always the same.
func (b *Bank) Total() (total int64) {
	for i := range b.accounts {
		b.accounts[i].mu.Lock() // INV-ACCOUNT-1, INV-ACCOUNT-3
	}
	for i := range b.accounts {
		total += b.accounts[i].balance.Load()
		b.accounts[i].mu.Unlock()
	}
	return total
}

func (b *Bank) account(op string, number int) *account {
	if len(b.accounts) == 0 {
		panic(fmt.Sprintf("account.Bank.%s: expected an account, but the bank has none", op))
	}
	if number < 0 || number >= len(b.accounts) {
		panic(fmt.Sprintf("account.Bank.%s: expected an account from 0 to %d, not %d", op, len(b.accounts)-1, number))
	}
	return &b.accounts[number]
}
