// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:b86a18c4f9d315da5189e75c6e1a254d5809de883f143df7dc269b9594be89e3"
