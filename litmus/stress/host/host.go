// Package host says what machine the program runs on, for the reports of what was seen there.
//
// What cannot be found out is left empty: nothing here fails.
package host

import (
	"fmt"
	"runtime"
	"strings"
)

// Host is a machine as a process sees it.
type Host struct {
	Architecture string `json:"architecture"`     // Go's name: "amd64", "arm64"
	System       string `json:"operating_system"` // Go's name: "linux", "darwin"
	Kernel       string `json:"kernel"`           // its name, release and version
	// Processor is the model. Where cores differ, the models are joined by " + ".
	Processor string   `json:"processor"`
	Board     string   `json:"board,omitempty"` // the model in the device tree
	Flags     []string `json:"flags"`           // the features that the kernel names
	// Usable is how many processors the process may use, Processors how many the machine has online.
	Usable     int `json:"processors_usable"`
	Processors int `json:"processors"`
	// Hypervisor is the name of what the machine is a guest of: "" if nothing shows that it is one, "unknown" if it does not tell its
	// name. On arm64 nothing need show.
	Hypervisor string `json:"hypervisor,omitempty"`
	// Emulated is the name of the program that interprets or translates the process's machine code: "" if nothing shows that there is
	// one, "unknown" if its name is not known. What was seen then says nothing about a processor.
	Emulated string `json:"emulated,omitempty"`
}

// Describe describes the machine that the process runs on.
func Describe() Host {
	h := Host{
		Architecture: runtime.GOARCH,
		System:       runtime.GOOS,
		Flags:        []string{},
		Usable:       runtime.NumCPU(),
		Processors:   runtime.NumCPU(),
	}
	id := identify()
	h.Processor = id.model()
	h.Hypervisor = hypervisorNames[id.vendor]
	if h.Hypervisor == "" && id.guest {
		h.Hypervisor = "unknown"
	}
	h.ask(id)
	if h.Emulated != "" {
		// The kernel knows the flags of the processor beneath, and the hypervisor is beneath too.
		h.Flags, h.Hypervisor = []string{}, ""
	}
	if h.Processor == "" {
		h.Processor = "unknown"
	}
	return h
}

// String is one line for reports.
func (h Host) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", h.Architecture, h.Processor)
	if h.Board != "" {
		fmt.Fprintf(&b, " (%s)", h.Board)
	}
	if h.Emulated != "" {
		fmt.Fprintf(&b, ", emulated (%s)", h.Emulated)
	}
	fmt.Fprintf(&b, ", %d of %d processors", h.Usable, h.Processors)
	if h.Hypervisor != "" {
		fmt.Fprintf(&b, ", a virtual machine (%s)", h.Hypervisor)
	}
	if h.Kernel != "" {
		fmt.Fprintf(&b, ", %s", h.Kernel)
	}
	return b.String()
}
