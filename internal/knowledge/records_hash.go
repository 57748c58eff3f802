// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:225b16e0e7422178843374f667a7657d4ad95004a7fce2947cdac845c4499603"
