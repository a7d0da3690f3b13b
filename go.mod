module github.com/weakmem/litmus

go 1.26
