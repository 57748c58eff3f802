// Command compile writes knowledge/records_*.go from data/. Run it from the top of
// the repository: go run ./knowledge/curate/compile
package main

import (
	"fmt"
	"os"

	"github.com/madoguchi/madoguchi/knowledge/curate"
)

func main() {
	d, err := curate.Read("data")
	if err == nil {
		err = d.WriteSource("knowledge")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
