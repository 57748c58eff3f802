// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:302b3a6514ebcde0bb138be0a1f8ada35ffa53bc0acc002285a312abced50967"
