package catalog

var seqlock = Protocol{
	Name:  "seqlock",
	Title: "the sequence lock",
}
