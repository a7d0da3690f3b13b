package account_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/account"
)

const accounts = 64

func transfers(b *testing.B, transfer func(from, to int)) {
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		r := rand.New(rand.NewPCG(rand.Uint64(), 1))
		for pb.Next() {
			n := r.Uint32()
			transfer(int(n%accounts), int(n/accounts%accounts))
		}
	})
}

// BenchmarkTransfer is transfers between random accounts of 64, by all processors.
func BenchmarkTransfer(b *testing.B) {
	initial := make([]int64, accounts)
	for i := range initial {
		initial[i] = 1 << 40
	}
	b.Run("account", func(b *testing.B) {
		bank := account.NewBank(initial...)
		transfers(b, func(from, to int) { _ = bank.Transfer(from, to, 1) })
	})
	b.Run("one sync.Mutex", func(b *testing.B) {
		balances := append([]int64(nil), initial...)
		var mu sync.Mutex
		transfers(b, func(from, to int) {
			mu.Lock()
			defer mu.Unlock()
			if balances[from] >= 1 {
				balances[from]--
				balances[to]++
			}
		})
	})
	b.Run("channel to an owner", func(b *testing.B) {
		type request struct {
			from, to int
			done     chan bool
		}
		requests := make(chan request)
		var owner sync.WaitGroup
		owner.Go(func() {
			balances := append([]int64(nil), initial...)
			for r := range requests {
				enough := balances[r.from] >= 1
				if enough {
					balances[r.from]--
					balances[r.to]++
				}
				r.done <- enough
			}
		})
		replies := sync.Pool{New: func() any { return make(chan bool, 1) }}
		transfers(b, func(from, to int) {
			done := replies.Get().(chan bool)
			requests <- request{from, to, done}
			<-done
			replies.Put(done)
		})
		close(requests)
		owner.Wait()
	})
}
