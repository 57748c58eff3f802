// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:c2abd17852dfe219ee8eddfb6f92003c54703c1e8962ceefcda88240f9193a37"
