// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:8865d7108d25fe644fd593f9143f5789a3f82837673bfe64664f2ea3317d6e73"
