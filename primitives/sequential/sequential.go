// Package sequential has the protocols' sequential specifications, and the calls that clients make: what
// [proptest] judges them by, explored or natively. The pages in specs/ say in words what they say.
package sequential

import "pgregory.net/rapid"

// mostThreads is how many threads a client has at most: native ones have up to 8.
const mostThreads = 8

var oneToThree = rapid.IntRange(1, 3)

// attempt is what a thread's call came to.
type attempt struct {
	thread int
	ok     bool
}
