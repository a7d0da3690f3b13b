// Package broadcast tells many waiters of events, and of their end.
//
// An [Event] counts signals. Whoever subscribed to it learns how many there were since it last asked, and waits if there
// were none. It allocates nothing: use it where waiters look for themselves what has changed.
//
// A [Topic] carries a value with each event. Every subscriber receives every value that is published after it subscribed,
// in one order that is the same for all. Publishing allocates a slot for it.
//
// Both are made so that nothing that happens between subscribing and waiting is lost: a waiter does not wait for a
// wake-up, which may come too early, but for a state to differ from the one it has seen (INV-BROADCAST-1,
// INV-BROADCAST-4). Both can be closed: waiters return once they have had all there was.
// What happens before a signal, a publication or a close happens before the return of the wait that it ends
// (INV-BROADCAST-2, INV-BROADCAST-5).
//
// A signal costs one read-modify-write, a publication one allocation and a mutex, whatever the number of waiters; each
// waiter fetches one cache line. Waiters spin, then yield, then sleep up to 100 µs at a time (package wait): they react
// faster than a goroutine that the scheduler wakes if the event comes soon, slower if it comes late, and a thousand that
// wait for hours cost a thousand short wake-ups in each 100 µs, which channels do not.
//
// Source: Reed and Kanodia, Synchronization with Eventcounts and Sequencers, CACM 22(2), 1979, for the event; the topic is
// a linked list whose reader waits at the end.
package broadcast
