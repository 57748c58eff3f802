// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:7a576cbcfdf73b61fd1fbf22bd60fd4891a3c3ff4e04a7f18dfe785be1641853"
