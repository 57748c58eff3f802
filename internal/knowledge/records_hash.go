// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:8624445fc5e19ea72b6e670f09bb9b35fa4d63fa439cc137fe78f02b5060ce81"
