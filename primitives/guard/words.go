package guard

import (
	"fmt"

	"github.com/weakmem/litmus/primitives/atomic"
)

// Words is a datum of 64-bit words, each of them atomic. One goroutine stores, any number load.
//
// No word is ever torn. The datum may be: a Load that overlaps a Store may return words of several versions. It then says so,
// and they are in order: no word is of an older version than the word before it.
type Words struct {
	front atomic.Uint64 // the version of the datum: stored last, loaded first
	words []atomic.Uint64
	back  atomic.Uint64 // stored first, loaded last
}

// NewWords returns a datum of n words, which are 0, of version 0.
func NewWords(n int) *Words {
	if n < 1 {
		panic(fmt.Sprintf("guard.NewWords: expected at least 1 word, not %d", n))
	}
	return &Words{words: make([]atomic.Uint64, n)}
}

// Store stores the words of the next version. It panics if there are more or fewer of them than the datum has. It must not be
// called by two goroutines at once.
func (d *Words) Store(words []uint64) {
	d.check("Store", len(words))
	version := d.back.Load(atomic.Relaxed) + 1 // INV-GUARD-2
	d.back.Store(version, atomic.Relaxed)      // INV-GUARD-9
	for i := len(words) - 1; i >= 0; i-- {
		d.words[i].Store(words[i], atomic.Release) // INV-GUARD-8
	}
	d.front.Store(version, atomic.Release) // INV-GUARD-9
}

// Load loads the words into buf, and reports whether they are all of one version. If they are not, no word is of a version
// older than the one returned, nor than the word before it. It panics if buf has another length than the datum.
func (d *Words) Load(buf []uint64) (version uint64, whole bool) {
	d.check("Load", len(buf))
	version = d.front.Load(atomic.Acquire) // INV-GUARD-9
	for i := range buf {
		buf[i] = d.words[i].Load(atomic.Acquire) // INV-GUARD-8
	}
	return version, d.back.Load(atomic.Relaxed) == version // INV-GUARD-9
}

func (d *Words) check(op string, n int) {
	if n != len(d.words) {
		panic(fmt.Sprintf("guard.Words.%s: expected %d words, not %d", op, len(d.words), n))
	}
}
