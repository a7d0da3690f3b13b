package process

import (
	"encoding/json"
	"io"
	"os"

	"github.com/weakmem/litmus/litmus/stress/plan"
)

// where is a file that says where the child's machine code is. Child and parent share it, and the child writes it before it calls the
// code, since nothing can be asked of a process that has died. It is without a name, and in memory where the system can do that.
type where struct{ file *os.File }

// loaded is the file's text, as JSON; what follows it is of no meaning.
type loaded struct {
	Base   uint64
	Length int
	Places []plan.Place
}

// write notes that code is from base on.
func (w *where) write(base uintptr, code *plan.Code) {
	if w == nil {
		return
	}
	text, err := json.Marshal(loaded{uint64(base), len(code.Text), code.Places})
	if err == nil {
		_, err = w.file.WriteAt(text, 0)
	}
	if err != nil {
		w.clear()
	}
}

// clear notes that there is no code.
func (w *where) clear() { _ = w.file.Truncate(0) }

// read returns what was noted last: no code, if nothing was.
func (w *where) read() loaded {
	var l loaded
	if json.NewDecoder(io.NewSectionReader(w.file, 0, 1<<30)).Decode(&l) != nil {
		return loaded{}
	}
	return l
}

// at returns what the code at an address does; nil if there is no code.
func (l loaded) at(address uint64) *plan.Place {
	if address < l.Base || address >= l.Base+uint64(l.Length) {
		return nil
	}
	code := plan.Code{Text: make([]byte, l.Length), Places: l.Places}
	place, ok := code.At(int(address - l.Base))
	if !ok {
		return nil
	}
	return &place
}
