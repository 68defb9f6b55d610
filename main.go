// Cacheview is a terminal inspector for Redis caches.
package main

import (
	"os"

	"cacheview/ui/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
}
