package catalog

var broadcast = Protocol{
	Name:  "broadcast",
	Title: "event notification to many waiters, closing included",
}
