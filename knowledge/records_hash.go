// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:bdbaecbe6b5a2048c2e10d8e46cf8289d910d0175e6aab89324c8b14b4aa81af"
