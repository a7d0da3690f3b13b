package account_test

import (
	"errors"
	"fmt"
	"sync"

	"github.com/weakmem/litmus/primitives/account"
)

func Example() {
	const alice, bob = 0, 1
	bank := account.NewBank(100, 100)

	var payments sync.WaitGroup
	payments.Go(func() { _ = bank.Transfer(alice, bob, 30) })
	payments.Go(func() { _ = bank.Transfer(bob, alice, 10) }) // the other way round: no deadlock
	payments.Wait()
	fmt.Println(bank.Balance(alice), bank.Balance(bob), bank.Total())

	err := bank.Transfer(alice, bob, 1000)
	fmt.Println(errors.Is(err, account.ErrInsufficientFunds))
	// Output:
	// 80 120 200
	// true
}
