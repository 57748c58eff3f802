// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:64661d8577db4586f0762a91e39043eb900f5add3b2be3f0e419756bb22189a5"
