package catalog

var msqueue = Protocol{
	Name:  "msqueue",
	Title: "the Michael–Scott queue",
}
