package catalog

var epoch = Protocol{
	Name:  "epoch",
	Title: "epoch-based reclamation",
}
