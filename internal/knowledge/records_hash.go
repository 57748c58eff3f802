// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:54a51f96bc336f554b77dc955aa68465cb902acee33bb1cfd2f0947a1ad6f2d3"
