package catalog

var ticket = Protocol{
	Name:  "ticket",
	Title: "the ticket lock",
}
