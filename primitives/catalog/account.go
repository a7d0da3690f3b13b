package catalog

var account = Protocol{
	Name:  "account",
	Title: "fine-grained locks over balances, without deadlock",
}
