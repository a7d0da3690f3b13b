package ticket

import "github.com/weakmem/litmus/primitives/atomic"

// Tickets is how many tickets l has given out.
func Tickets(l *Lock) uint64 { return l.next.Load(atomic.Relaxed) } // INV-TICKET-1
