package host

import (
	"slices"
	"strconv"
	"strings"
)

// cpuinfo is what Linux's /proc/cpuinfo says.
type cpuinfo struct {
	architecture string   // Go's name of the one whose fields the text has; "" if it has none that are known
	model        string   // of the processor; where cores differ, all models, joined by " + "
	flags        []string // those of the first processor
}

// parseCPUInfo reads the text of /proc/cpuinfo of amd64 and arm64. Lines that it does not know it skips.
func parseCPUInfo(text string) cpuinfo {
	var info cpuinfo
	var models []string
	add := func(model string) {
		if model != "" && !slices.Contains(models, model) {
			models = append(models, model)
		}
	}
	var implementer byte
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch key {
		case "vendor_id":
			info.architecture = "amd64"
		case "CPU implementer":
			info.architecture = "arm64"
			n, _ := strconv.ParseUint(value, 0, 8)
			implementer = byte(n)
		case "CPU part":
			if part, err := strconv.ParseUint(value, 0, 12); err == nil {
				add(armModel(implementer, uint16(part)))
			}
		case "model name":
			add(value)
		case "flags", "Features":
			if info.flags == nil {
				info.flags = strings.Fields(value)
			}
		}
	}
	info.model = strings.Join(models, " + ")
	return info
}

// countList counts the numbers of a list as Linux writes sets of processors: "0-3,8".
func countList(list string) int {
	count := 0
	for part := range strings.SplitSeq(strings.TrimSpace(list), ",") {
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		low, err := strconv.ParseUint(first, 10, 32)
		high, err2 := strconv.ParseUint(last, 10, 32)
		if err != nil || err2 != nil || high < low {
			return 0
		}
		count += int(high-low) + 1
	}
	return count
}
