package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
)

// catalogue is where the catalogue's tests are in the source of litmus.
const catalogue = "litmus/catalog/tests/"

// suite is the catalogue's tests that can be run here: those in the dialects of this processor, and in C.
func suite() ([]input, error) {
	var all []input
	for _, dialect := range append(stress.Dialects(), "C") {
		inputs, err := catalogued(dialect)
		if err != nil {
			return nil, err
		}
		all = append(all, inputs...)
	}
	return all, nil
}

// stressSuite writes many runs for people: one line a test, then those in full that showed what they must not.
type stressSuite struct {
	table stressTable
	rows  table
	wrong []*stressed
}

func (f *stressSuite) begin(w io.Writer, h host.Host, o stress.Options) error {
	f.rows.add(plainCell("test"), plainCell("instances"), plainCell("threads"), plainCell("relaxed"), plainCell("sound?"))
	return f.table.begin(w, h, o)
}

func (f *stressSuite) refused(io.Writer, string, error) error { return nil }

func (f *stressSuite) test(_ io.Writer, r *stressed) error {
	row := []cell{plainCell(r.file), plainCell(strconv.FormatInt(r.result.Instances, 10)), plainCell(strconv.Itoa(r.result.Threads)), plainCell("-")}
	if x := &r.ruling.relaxed; len(x.seen)+len(x.never) > 0 {
		row[3].text = fmt.Sprintf("%d of %d seen", len(x.seen), len(x.seen)+len(x.never))
	}
	verdict := r.soundCell()
	if r.ruling.soundness() == sound {
		verdict.text = "yes"
	}
	f.rows.add(append(row, verdict)...)
	if r.ruling.soundness() == unsound {
		f.wrong = append(f.wrong, r)
	}
	return nil
}

func (f *stressSuite) end(w io.Writer, total *tally, inputs int) error {
	var b bytes.Buffer
	f.table.title(&b)
	if err := f.rows.write(&b, "", f.table.colours); err != nil {
		return err
	}
	b.WriteByte('\n')
	for _, r := range f.wrong {
		if err := f.table.test(&b, r); err != nil {
			return err
		}
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return err
	}
	return f.table.end(w, total, inputs)
}
