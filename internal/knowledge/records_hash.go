// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:ee9d2f2edd509f3744d828cbe99d221fe238d64f5ef5fc1857fb84a2d967eb66"
