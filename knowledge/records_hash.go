// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:173df6566c5c33a80db4f1d8d8b5f269c5c022a2eef55de51d30da3b30b64f5c"
