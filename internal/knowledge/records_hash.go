// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:470d3cd53e67f4ba68a91e2291daaf78ed2cc8a96c0d6be39731a5c551317f9b"
