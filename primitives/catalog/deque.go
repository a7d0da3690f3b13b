package catalog

var deque = Protocol{
	Name:  "deque",
	Title: "the Chase–Lev work-stealing deque",
}
