// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:9b2514f2987065bc1b4dc102b950bcb2c43a2165c1090791b3114333af1f67d0"
