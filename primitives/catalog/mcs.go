package catalog

var mcs = Protocol{
	Name:  "mcs",
	Title: "the MCS queue lock",
}
