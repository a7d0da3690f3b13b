package rwlock

import "github.com/weakmem/litmus/primitives/atomic"

// Writing reports whether a writer holds l or waits for readers.
func Writing(l *Lock) bool { return writing(l.state.Load(atomic.Relaxed)) } // INV-RWLOCK-1

// Readers is how many readers hold l or wait.
func Readers(l *Lock) uint32 { return readers(l.state.Load(atomic.Relaxed)) } // INV-RWLOCK-1
