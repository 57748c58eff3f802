package main

import (
	"fmt"
	"os"

	"github.com/madoguchi/madoguchi/batch"
)

func main() {
	each := batch.CheckLine
	if os.Args[1] == "window" {
		each = batch.WindowLine
	}
	f, err := os.Open(os.Args[len(os.Args)-1])
	if err != nil {
		panic(err)
	}
	_, _, err = batch.Run(f, os.Stdout, each, batch.Options{})
	if err != nil {
		fmt.Println(err)
	}
}
