// Package primitives has what concurrent protocols are built of, and the protocols, each in a package of its own: see
// specs/ for what each promises. This package holds their source, by which the operations in it are named.
package primitives

import (
	"embed"
	"path"
	"strings"
)

//go:embed */*.go
var files embed.FS

const module = "github.com/weakmem/litmus/primitives/"

// Source returns the text of a file of a package below this one: the package by its import path, the file by any path
// that ends with its name.
func Source(pkg, file string) ([]byte, error) {
	return files.ReadFile(strings.TrimPrefix(pkg, module) + "/" + path.Base(strings.ReplaceAll(file, "\\", "/")))
}
