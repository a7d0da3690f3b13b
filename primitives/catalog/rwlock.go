package catalog

var rwlock = Protocol{
	Name:  "rwlock",
	Title: "a reader-writer lock that counts its readers",
}
