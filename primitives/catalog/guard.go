package catalog

var guard = Protocol{
	Name:  "guard",
	Title: "publication of data larger than a word, four ways",
}
