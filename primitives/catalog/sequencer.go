package catalog

var sequencer = Protocol{
	Name:  "sequencer",
	Title: "the Disruptor: a ring of slots, claims, gating consumers",
}
