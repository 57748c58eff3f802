// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:64da0c37aaccedb9493e4a256f2737f4ccc2c0430c20dcba1b2a09af5d9094f0"
