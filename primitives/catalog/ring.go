package catalog

var ring = Protocol{
	Name:  "ring",
	Title: "the single-producer, single-consumer ring with cached cursors",
}
