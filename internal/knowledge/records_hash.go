// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:d31b0fe0a647223f74cbc34141df769dfb16e5203961cf6d93e1fb94401ef906"
