package catalog

var hazard = Protocol{
	Name:  "hazard",
	Title: "hazard pointers",
}
