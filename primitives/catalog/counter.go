package catalog

var counter = Protocol{
	Name:  "counter",
	Title: "a relaxed counter, and a striped one",
}
