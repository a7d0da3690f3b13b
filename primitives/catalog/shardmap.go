package catalog

var shardmap = Protocol{
	Name:  "shardmap",
	Title: "a map in shards",
}
