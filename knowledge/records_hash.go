// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:2225a5f66fe3cf0c47b100ca6d1899d3f6467644279bd796b204ad34165994a9"
