package arm64

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The encodings of GNU as, in full where it is installed and for every form in
// the golden file where it is not.

var update = flag.Bool("update", false, "write the golden file with what GNU as gives")

const golden = "testdata/encodings.txt"

// gnuTools finds the assembler for AArch64 and its objcopy, or skips.
func gnuTools(t *testing.T) (as, objcopy string) {
	t.Helper()
	for _, prefix := range []string{"aarch64-linux-gnu-", ""} {
		as, err := exec.LookPath(prefix + "as")
		if err != nil {
			continue
		}
		objcopy, err := exec.LookPath(prefix + "objcopy")
		version, _ := exec.Command(as, "--version").Output()
		if err == nil && bytes.Contains(version, []byte("aarch64")) {
			return as, objcopy
		}
	}
	t.Skip("no GNU as for AArch64: Debian has it in binutils-aarch64-linux-gnu")
	return "", ""
}

// gnuAssemble returns GNU as's words for the texts, one each.
func gnuAssemble(dir, as, objcopy string, texts []string) ([]uint32, error) {
	source, object, binaryFile := filepath.Join(dir, "t.s"), filepath.Join(dir, "t.o"), filepath.Join(dir, "t.bin")
	text := ".arch armv8.6-a+cssc\n" + strings.Join(texts, "\n") + "\n"
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		return nil, err
	}
	if out, err := exec.Command(as, "-o", object, source).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("as: %w: %.2000s", err, out)
	}
	if out, err := exec.Command(objcopy, "-O", "binary", "-j", ".text", object, binaryFile).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("objcopy: %w: %.2000s", err, out)
	}
	code, err := os.ReadFile(binaryFile)
	if err != nil {
		return nil, err
	}
	if len(code) != Size*len(texts) {
		return nil, fmt.Errorf("%d instructions became %d bytes", len(texts), len(code))
	}
	words := make([]uint32, len(texts))
	return words, binary.Read(bytes.NewReader(code), binary.LittleEndian, words)
}

// edges is the instructions of all forms at their limits, each once.
func edges() []Instruction {
	var all []Instruction
	seen := map[string]bool{}
	for _, f := range forms() {
		for _, in := range f.edges() {
			if text := in.String(); !seen[text] {
				seen[text] = true
				all = append(all, in)
			}
		}
	}
	return all
}

func textsOf(instructions []Instruction) []string {
	texts := make([]string, len(instructions))
	for i, in := range instructions {
		texts[i] = in.String()
	}
	return texts
}

// compare holds the encoder's words against others'.
func compare(t require.TestingT, instructions []Instruction, words []uint32) {
	for i, in := range instructions {
		code, err := in.Encode()
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("%08x", words[i]), fmt.Sprintf("%08x", binary.LittleEndian.Uint32(code)), in.String())
	}
}

func TestAsGNU(t *testing.T) {
	as, objcopy := gnuTools(t)
	all := edges()
	words, err := gnuAssemble(t.TempDir(), as, objcopy, textsOf(all))
	require.NoError(t, err)
	compare(t, all, words)
	if *update {
		var b strings.Builder
		for i, text := range textsOf(all) {
			fmt.Fprintf(&b, "%08x %s\n", words[i], text)
		}
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o600))
	}
}

func TestAsGNUDrawn(t *testing.T) {
	as, objcopy := gnuTools(t)
	dir := t.TempDir()
	// One run of the assembler takes longer than hundreds of instructions.
	batch := rapid.SliceOfN(drawn(), 200, 200)
	rapid.Check(t, func(t *rapid.T) {
		instructions := batch.Draw(t, "instructions")
		words, err := gnuAssemble(dir, as, objcopy, textsOf(instructions))
		require.NoError(t, err)
		compare(t, instructions, words)
	})
}

func TestAsGolden(t *testing.T) {
	want := goldenWords(t)
	seen := map[Opcode]bool{}
	for _, in := range edges() {
		word, ok := want[in.String()]
		require.True(t, ok, "%s is not in %s: run this package's tests with -update where GNU as is", in, golden)
		compare(t, []Instruction{in}, []uint32{word})
		seen[in.Op] = true
	}
	for op := range encodings {
		assert.True(t, seen[op] || slices.Contains(unknownToGNU, op), "no form of %s is compared", op)
	}
	for op := range aliases {
		assert.True(t, seen[op], "no form of %s is compared", op)
	}
}

func goldenWords(t *testing.T) map[string]uint32 {
	t.Helper()
	content, err := os.ReadFile(golden)
	require.NoError(t, err)
	words := map[string]uint32{}
	for line := range strings.Lines(string(content)) {
		word, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		code, err := hex.DecodeString(word)
		require.NoError(t, err, line)
		words[text] = binary.BigEndian.Uint32(code)
	}
	return words
}

// unknownToGNU are the opcodes that the assembler of Debian 12 (binutils 2.40) does not know.
var unknownToGNU = []Opcode{"ldiapp", "stilp"}

// The words that the manual's diagrams of LDIAPP and STILP give (section C6.2, of FEAT_LRCPC3).
func TestOrderedPairs(t *testing.T) {
	x, w := width(X), width(W)
	for _, c := range []struct {
		in   Instruction
		word uint32
	}{
		{New("ldiapp", w(1), w(2), At(x(3))), 0x99421861},
		{New("ldiapp", w(1), w(2), At(x(3)).Post(8)), 0x99420861},
		{New("ldiapp", x(1), XZR, At(SP)), 0xd95f1be1},
		{New("ldiapp", x(1), x(30), At(SP).Post(16)), 0xd95e0be1},
		{New("stilp", w(24), w(0), At(x(16)).Pre(-8)), 0x99000a18},
		{New("stilp", w(26), w(2), At(x(18))), 0x99021a5a},
		{New("stilp", x(25), x(1), At(x(17)).Pre(-16)), 0xd9010a39},
		{New("stilp", x(27), x(3), At(SP)), 0xd9031bfb},
	} {
		compare(t, []Instruction{c.in}, []uint32{c.word})
	}
}
