package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/fatih/color"

	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
)

// stressProtocols runs drawn clients of the protocols of these names, or of all, on real goroutines: each protocol for so long. It judges
// them by the protocols' sequential specifications. The format is table, or json: an object a line, for each specification.
func stressProtocols(ctx context.Context, names []string, each time.Duration, seed uint64, format string, stdout, stderr io.Writer) error {
	protocols, err := chooseProtocols(catalog.All(), names)
	if err != nil {
		return err
	}
	switch {
	case each <= 0:
		return fmt.Errorf("--time %v: expected more than 0, such as 10s", each)
	case format != "table" && format != "json":
		return fmt.Errorf("--format %s: expected table or json for protocols", format)
	}
	var all []*clients
	for _, p := range protocols {
		for _, s := range p.Subjects {
			all = append(all, &clients{protocol: p.Name, subject: s, time: max(each/time.Duration(len(p.Subjects)), 1), seed: max(seed, 1)})
		}
	}
	return stressClients(ctx, all, format, stdout, stderr)
}

// stressClients runs clients of one subject after the other.
func stressClients(ctx context.Context, all []*clients, format string, stdout, stderr io.Writer) error {
	bar := newStressBar(stderr, len(all))
	defer bar.clear()
	begun, finished, failed := 0, 0, 0
	for i, c := range all {
		if ctx.Err() != nil {
			break
		}
		if err := c.run(ctx, func() { bar.clients(i, c) }); err != nil {
			return err
		}
		begun++
		switch {
		case c.done.Found != nil:
			failed++
		case !c.interrupted:
			finished++
		}
		if format == "json" {
			bar.clear()
			if err := c.line(stdout); err != nil {
				return err
			}
		}
	}
	bar.clear()
	if format == "table" {
		if err := clientsTable(stdout, all[:begun]); err != nil {
			return err
		}
	}
	switch rest := len(all) - finished - failed; {
	case failed > 0:
		return exit(exitMismatch, "%d of %d specifications broken", failed, len(all))
	case rest > 0:
		return exit(exitInterrupted, "interrupted: clients of %d of %d specifications not run to the end", rest, len(all))
	}
	return nil
}

// clients are those of one subject, and what they did.
type clients struct {
	protocol string
	subject  catalog.Subject
	time     time.Duration
	seed     uint64

	done        proptest.Tally
	elapsed     time.Duration
	interrupted bool
}

// run runs clients until one fails, as long as there is time. After each, it has that shown.
func (c *clients) run(ctx context.Context, show func()) error {
	start := time.Now()
	note := func(now proptest.Tally) { c.done, c.elapsed = now, time.Since(start) }
	done, err := c.subject.Stress(ctx, func(now proptest.Tally) {
		note(now)
		show()
	}, proptest.Time(c.time), proptest.Seed(c.seed))
	note(done)
	c.interrupted = ctx.Err() != nil
	return err
}

func (c *clients) name() string { return c.protocol + "/" + c.subject.Name }

// rate is calls per second.
func (c *clients) rate() float64 { return float64(c.done.Calls) / max(c.elapsed.Seconds(), 1e-9) }

// clients shows subject i, as far as its clients are now. The errors of drawing are of no interest to anybody.
func (b *stressBar) clients(i int, c *clients) {
	if b == nil {
		return
	}
	b.bar.Describe(fmt.Sprintf("%s: %d clients, %s calls/s", c.name(), c.done.Clients, short(c.rate())))
	_ = b.bar.Set(i*whole + int(whole*min(float64(c.elapsed)/float64(c.time), 0.99)))
}

// clientsTable shows a line for each subject, then the failures.
func clientsTable(w io.Writer, all []*clients) error {
	colours := isTerminal(w)
	var b bytes.Buffer
	var t table
	t.add(plainCell("protocol"), plainCell("specification"), plainCell("clients"), plainCell("rounds"),
		plainCell("calls"), plainCell("histories"), plainCell("calls/s"), plainCell("verdict"))
	for _, c := range all {
		t.add(plainCell(c.protocol), plainCell(c.subject.Name),
			count(uint64(c.done.Clients)), count(uint64(c.done.Rounds)), count(uint64(c.done.Calls)), count(uint64(c.done.Histories)),
			plainCell(short(c.rate())), c.verdict())
	}
	if err := t.write(&b, "", colours); err != nil {
		return err
	}
	for _, c := range all {
		if c.done.Found != nil {
			fmt.Fprintf(&b, "\n%s, client %d of seed %d: %s\n", c.name(), c.done.Clients, c.seed, c.done.Found)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// verdict is what came of the clients.
func (c *clients) verdict() cell {
	switch {
	case c.done.Found != nil:
		return cell{"✗ FAILED: " + c.done.Found.Message, color.FgRed}
	case c.interrupted:
		return cell{"interrupted", color.FgYellow}
	}
	return cell{"✓ none fails", color.FgGreen}
}

// line writes the object of the json format.
func (c *clients) line(w io.Writer) error {
	type failure struct {
		Client  int    `json:"client"`
		Message string `json:"message"`
		Text    string `json:"text"`
	}
	line := struct {
		Protocol      string   `json:"protocol"`
		Specification string   `json:"specification"`
		Seed          uint64   `json:"seed"`
		Clients       int      `json:"clients"`
		Rounds        int      `json:"rounds"`
		Calls         int      `json:"calls"`
		Histories     int      `json:"histories"`
		Seconds       float64  `json:"seconds"`
		OK            bool     `json:"ok"`
		Interrupted   bool     `json:"interrupted,omitempty"`
		Failure       *failure `json:"failure,omitempty"`
	}{
		c.protocol, c.subject.Name, c.seed, c.done.Clients, c.done.Rounds, c.done.Calls, c.done.Histories,
		c.elapsed.Seconds(), c.done.Found == nil, c.interrupted, nil,
	}
	if x := c.done.Found; x != nil {
		line.Failure = &failure{c.done.Clients, x.Message, x.String()}
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return out.Encode(line)
}
