// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:0422edaa68e86d19abf0104ebd680c49bb55a81c93d21bbc8116fb7ef1bd9230"
