// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:d0d71c1c3b49c52539f28f2031901bcfd6654a1b2f4f6118eab483736343fc4c"
