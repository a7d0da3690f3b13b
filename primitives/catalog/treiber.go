package catalog

var treiber = Protocol{
	Name:  "treiber",
	Title: "the Treiber stack",
}
