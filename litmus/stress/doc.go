// Package stress runs litmus tests on the processor that the program runs on, millions of times, and counts the final states.
//
// In goes a test in the processor's own dialect (C tests are compiled to one by package lower), out comes a [Result]: the
// states that were seen, and how often. It is what litmus7 does (Alglave, Maranget, Sarkar and Sewell, "Litmus: Running Tests against
// Hardware", TACAS 2011), without a C compiler: the threads, and the loop around them, are machine code that packages amd64 and arm64 make
// from a plan.Plan.
//
// # Rounds
//
// A run is a sequence of rounds of some milliseconds. Weak behaviour shows when threads touch the same memory at very nearly the same
// time, and which circumstances make that likely differs from processor to processor and from test to test. So each round
// draws them anew: where the locations lie, in lines of their own or packed into one; in which order the instances are run;
// whether a thread first fetches, loads or flushes a line; by how much threads are delayed, a little more or less with each
// instance; on which processors they run; and how they wait for one another:
//
//   - time: thread and instance have a time on the processor's time-stamp counter, and nobody waits for anybody. The interval is as short
//     as the threads can keep up with.
//   - barrier: all wait until all have come, before each instance. A thread that has waited for some microseconds gives its
//     processor to others, so that with fewer processors than threads, or with other programs on the machine, an instance costs
//     a change of threads and not a time slice. This is all there is to do with more threads than processors.
//   - free: only now and then.
//
// Within a round the machine code runs in calls of up to some thousand instances. Between calls the threads, each on its share of the
// instances, count what came out and set everything up again. They are Go code then, and can be stopped for the garbage collector; in
// machine code they wait only for threads that are in machine code too, or not for long.
//
// Perpetual rounds run one instance for ever, and find far more; see package perpetual for which tests can be run so, and why what they
// show is what the test could.
//
// # Cost
//
// An instance costs 100 to 300 ns, most of it the time that lines take from processor to processor; counting its state takes some
// nanoseconds for each register and location, and allocates nothing unless the state is new.
package stress
