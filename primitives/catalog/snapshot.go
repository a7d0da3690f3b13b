package catalog

var snapshot = Protocol{
	Name:  "snapshot",
	Title: "an atomically replaced pointer to immutable data",
}
