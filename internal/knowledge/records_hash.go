// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:e8491dd775731f5dc91dee285c78727b3e733dd53ce5d1a09a9345a762ab7609"
