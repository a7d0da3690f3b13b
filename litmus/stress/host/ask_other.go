//go:build !linux && !darwin

package host

// ask knows of nothing more than what the processor says.
func (h *Host) ask(id identity) {
	h.Emulated = signs{identity: id, architecture: h.Architecture}.emulator()
}
