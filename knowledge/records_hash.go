// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:b1b72f3515aecec30f7947b143dc28feadafe6dc83c6c4f0fe30731082e3fd14"
