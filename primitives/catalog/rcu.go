package catalog

var rcu = Protocol{
	Name:  "rcu",
	Title: "read-copy-update with grace periods",
}
