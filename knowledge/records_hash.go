// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:e7c03e654fdf6b014e06e406da1560fe8b6deed976cd21c39a023a9471d6f4d8"
