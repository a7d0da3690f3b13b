package interpret

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/catalog"
)

var explored = []string{"sc", "tso", "pso", "ra", "rc11", "go"}

// compare holds what the explorer finds of a test against enumeration, under every model.
func compare(t *testing.T, test *litmus.Test) {
	results, err := Run(context.Background(), test, explored, Options{})
	require.NoError(t, err)
	for i, name := range explored {
		require.Equal(t, comparable(enumerated(t, test, name)), comparable(results[i]), name)
	}
}

// comparable is a result without what two engines need not have in common: the
// number of candidates, and the execution that shows a race.
func comparable(r *enumerate.Result) *enumerate.Result {
	c := *r
	c.Candidates = 0
	c.Flags = slices.Clone(r.Flags)
	for i := range c.Flags {
		c.Flags[i].Pairs = nil
	}
	return &c
}

// Of the tests that teach, the explorer says what enumeration says.
func TestCatalogue(t *testing.T) {
	for _, e := range catalog.Files() {
		if !strings.HasPrefix(e.File, "c/") {
			continue
		}
		t.Run(e.File, func(t *testing.T) {
			test, err := e.Parse()
			require.NoError(t, err)
			compare(t, test)
		})
	}
}

// Tests that others wrote, where they stand beside the checkout.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("LITMUS_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	files := os.DirFS(filepath.Join(dir, "c11"))
	found := 0
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".litmus" {
			return err
		}
		found++
		text, err := fs.ReadFile(files, path)
		require.NoError(t, err)
		test, err := litmus.Parse(path, text)
		require.NoError(t, err)
		results, err := Run(context.Background(), test, []string{"rc11"}, Options{})
		require.NoError(t, err)
		require.Equal(t, comparable(enumerated(t, test, "rc11")), comparable(results[0]), path)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no tests by others: set LITMUS_CORPUS to their directory")
	}
	require.NoError(t, err)
	require.NotZero(t, found)
}

// What the micro-operations of C mean, alone and between threads.
func TestLanguage(t *testing.T) {
	for name, text := range map[string]string{
		"loop within the bound": `
{ x=0; }
P0 (atomic_int* x) { for (int i = 0; i < 2; i++) { atomic_fetch_add(x, 1); } }
P1 (atomic_int* x) { int r = atomic_load(x); }
forall (x=2)`,
		"loop beyond the bound": `
{ x=0; }
P0 (atomic_int* x) { while (atomic_load_explicit(x, memory_order_relaxed) == 0) { } int r = 1; }
P1 (atomic_int* x) { atomic_store_explicit(x, 1, memory_order_relaxed); }
exists (0:r=1)`,
		"lock of weak exchanges": `
{ l=0; d=0; }
P0 (atomic_int* l, int* d) {
  int e = 0;
  while (atomic_compare_exchange_weak_explicit(l, &e, 1, memory_order_acquire, memory_order_relaxed) == 0) { e = 0; }
  *d = *d + 1;
  atomic_store_explicit(l, 0, memory_order_release);
}
P1 (atomic_int* l, int* d) {
  int e = 0;
  while (atomic_compare_exchange_weak_explicit(l, &e, 1, memory_order_acquire, memory_order_relaxed) == 0) { e = 0; }
  *d = *d + 1;
  atomic_store_explicit(l, 0, memory_order_release);
}
forall (d=2)`,
		"desired value read only to succeed": `
{ x=0; y=0; e=0; }
P0 (atomic_int* x, atomic_int* y, int* e) { int r = atomic_compare_exchange_strong(x, e, atomic_load(y)); }
P1 (atomic_int* x, atomic_int* y) { atomic_store(y, 7); atomic_store(x, 1); }
exists (0:r=1)`,
		"pointers": `
{ x=1; y=2; p=x; q=0; }
P0 (int* _Atomic* p, int* y) { int* r = atomic_exchange(p, y); *r = 5; }
P1 (int* _Atomic* p) { int* r = atomic_load(p); int s = *r; }
P2 (int* _Atomic* p, int* x, int* y) { int* e = x; int r = atomic_compare_exchange_strong(p, &e, y); }
exists (0:r=y /\ 1:r=y)`,
		"wide and narrow values": `
{ int64_t x=0; uint8_t c=250; }
P0 (atomic_long* x) { atomic_store(x, 0x7fffffffffffffff); long r = atomic_fetch_add(x, 1); }
P1 (_Atomic unsigned char* c, atomic_long* x) { int r = atomic_fetch_add(c, 10); long s = atomic_load(x); }
exists (c=4)`,
		"kernel's update": `
{ x=0; }
P0 (atomic_int* x) { int r = atomic_add_unless(x, 1, 2); }
P1 (atomic_int* x) { int r = atomic_add_unless(x, 1, 1); int s = READ_ONCE(*x); smp_mb(); WRITE_ONCE(*x, 2); }
exists (0:r=0)`,
		"odd orders": `
{ x=0; y=0; }
P0 (atomic_int* x, atomic_int* y) {
  atomic_store_explicit(x, 1, memory_order_acquire); atomic_store_explicit(y, 1, memory_order_acq_rel);
}
P1 (atomic_int* x, atomic_int* y) {
  int r = atomic_load_explicit(y, memory_order_acq_rel); atomic_thread_fence(memory_order_relaxed);
  int s = atomic_load_explicit(x, memory_order_release);
}
exists (1:r=1 /\ 1:s=0)`,
		"filter": `
{ x=0; }
P0 (atomic_int* x) { atomic_store(x, 1); }
P1 (atomic_int* x) { int r = atomic_load(x); }
filter (1:r=1)
forall (x=1)`,
		"goto, select and return": `
{ x=0; }
P0 (atomic_int* x) {
  int r = atomic_load(x);
  if (r == 2) { return 0; }
  if (r == 1) goto l;
  r = r ? 5 : 6;
l: atomic_store(x, r);
}
P1 (atomic_int* x) { atomic_store(x, 1); atomic_store(x, 2); }
exists (0:r=6)`,
	} {
		t.Run(name, func(t *testing.T) {
			compare(t, parse(t, "C test\n"+strings.TrimSpace(text)+"\n"))
		})
	}
}

// A race tells the instructions and what they read and wrote.
func TestRaceIsDescribed(t *testing.T) {
	test := parse(t, "C test\n{ x=0; }\nP0 (int* x) { *x = 1; }\nP1 (atomic_int* x) { int r = atomic_fetch_add(x, 2); }\nexists (x=3)\n")
	results, err := Run(context.Background(), test, []string{"rc11", "go", "sc"}, Options{})
	require.NoError(t, err)
	for _, r := range results[:2] {
		require.True(t, r.Undefined)
		require.Len(t, r.Flags, 1)
		require.Len(t, r.Flags[0].Pairs, 1)
		require.Contains(t, []string{
			"P0: *x = 1: W[x]=1 / P1: int r = atomic_fetch_add(x, 2): R[x]=0 W[x]=2",
			"P0: *x = 1: W[x]=1 / P1: int r = atomic_fetch_add(x, 2): R[x]=1 W[x]=3",
		}, r.Flags[0].Pairs[0])
	}
	require.False(t, results[2].Undefined)
}

// Under rc11 an acquiring load may be unsequenced with others; nothing else may be.
func TestUnsequencedAccesses(t *testing.T) {
	const program = "C test\n{ x=0; y=0; }\nP0 (atomic_int* x, atomic_int* y) { int r = %s; }\n" +
		"P1 (atomic_int* x, atomic_int* y) { atomic_store_explicit(y, 1, memory_order_relaxed); atomic_store_explicit(x, 2, memory_order_release); }\n" +
		"exists (0:r=2)\n"
	for expr, accepted := range map[string]bool{
		"atomic_load_explicit(x, memory_order_acquire) + atomic_load_explicit(y, memory_order_relaxed)": true,
		"atomic_load_explicit(y, memory_order_relaxed) + atomic_load_explicit(x, memory_order_acquire)": true,
		"atomic_load_explicit(x, memory_order_acquire) + 5 + *y":                                        true,
		"atomic_load_explicit(x, memory_order_acquire) + atomic_load_explicit(y, memory_order_acquire)": false,
		"atomic_load_explicit(x, memory_order_acquire) + atomic_load_explicit(x, memory_order_relaxed)": false,
		"atomic_load_explicit(x, memory_order_relaxed) + atomic_fetch_add(y, 1)":                        false,
	} {
		test := parse(t, fmt.Sprintf(program, expr))
		results, err := Run(context.Background(), test, []string{"rc11", "sc"}, Options{})
		require.NoError(t, err)
		if accepted {
			require.Equal(t, comparable(enumerated(t, test, "rc11")), comparable(results[0]), expr)
		} else {
			require.ErrorContains(t, results[0].Unsupported[0], "random.litmus:3:41: int r = "+expr+": its accesses are unsequenced", expr)
		}
		require.NotEmpty(t, results[1].Unsupported, expr)
	}
}

// What cannot be run is refused with its place, what it is and what was expected.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct{ text, model, err string }{
		"dialect": {"X86 test\n{ x=0; }\n P0 ;\n MOV [x],$1 ;\nexists (x=1)\n", "tso", "the explorer runs C tests, not those in X86"},
		"consume": {
			"C test\n{ x=0; }\nP0 (atomic_int* x) { int r = atomic_load_explicit(x, memory_order_consume); }\nexists (x=1)\n", "../../model/models/rc11.cat",
			"random.litmus:3:26: int r = atomic_load_explicit(x, memory_order_consume): the explorer has no memory_order_consume for model ../../model/models/rc11.cat: expected relaxed",
		},
		"load buffering": {"C test\n{ x=0; }\nP0 (atomic_int* x) { *x = 1; }\nexists (x=1)\n", "c11", "model c11 cannot be explored: it allows load buffering"},
		"unknown model":  {"C test\n{ x=0; }\nP0 (atomic_int* x) { *x = 1; }\nexists (x=1)\n", "c12", "c12"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Run(context.Background(), parse(t, c.text), []string{c.model}, Options{})
			require.ErrorContains(t, err, c.err)
		})
	}
	for name, c := range map[string]struct{ text, err string }{
		"no location": {"C test\n{ x=0; }\nP0 (atomic_int* x) { int* p = 0; int r = *p; }\nexists (0:r=1)\n", "random.litmus:3:38: access to address 0x0, which is no location, in int r = *p"},
		"in between":  {"C test\n{ x=0; }\nP0 (char* x) { char r = *(x + 1); }\nexists (0:r=1)\n", "mixed-size accesses are not supported: access to x+1, which is not the start of a location"},
		"two sizes":   {"C test\n{ x=0; p=x; }\nP0 (int* x) { *x = 1; }\nP1 (long* _Atomic* p) { long* q = *p; long r = *q; }\nexists (1:r=1)\n", "mixed-size accesses are not supported: access to 8 bytes of x, a location of 4 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			results, err := Run(context.Background(), parse(t, c.text), []string{"sc"}, Options{})
			require.NoError(t, err)
			require.Len(t, results[0].Unsupported, 1)
			require.ErrorContains(t, results[0].Unsupported[0], c.err)
		})
	}
}

// A search that is stopped says so.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	text := "C test\n{ x=0; }\n"
	for i := range 8 {
		text += fmt.Sprintf("P%d (atomic_int* x) { atomic_fetch_add(x, 1); atomic_fetch_add(x, 2); }\n", i)
	}
	test := parse(t, text+"exists (x=1)\n")
	results, err := Run(ctx, test, []string{"sc"}, Options{})
	require.NoError(t, err)
	require.True(t, results[0].Stopped)
}

// The bound on loops is that of enumeration.
func TestUnroll(t *testing.T) {
	test := parse(t, "C test\n{ x=0; }\nP0 (atomic_int* x) { for (int i = 0; i < 3; i++) { atomic_store(x, i); } }\nexists (x=2)\n")
	for unroll, hit := range map[int]bool{-1: true, 0: true, 2: true, 3: false} {
		results, err := Run(context.Background(), test, []string{"sc"}, Options{Unroll: unroll})
		require.NoError(t, err)
		require.Equal(t, hit, results[0].BoundHit, unroll)
		require.Equal(t, hit, len(results[0].States) == 0, unroll)
	}
}
