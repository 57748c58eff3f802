// Command compile writes internal/knowledge/records_*.go from data/. Run it from the top of
// the repository: go run ./internal/knowledge/curate/compile
package main

import (
	"fmt"
	"os"

	"github.com/madoguchi/madoguchi/internal/knowledge/curate"
)

func main() {
	d, err := curate.Read("data")
	if err == nil {
		err = d.WriteSource("internal/knowledge")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
