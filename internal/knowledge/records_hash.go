// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:67506aab6323d62387998c1d1d3bd6f52a39b28e44d6a237a1e984d13c9d1e41"
