package catalog

var spinlock = Protocol{
	Name:  "spinlock",
	Title: "a test-and-test-and-set lock",
}
