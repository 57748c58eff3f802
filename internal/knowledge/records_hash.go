// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:c3abf891bc33f93fac9119d9836b7c41a30269341b9036bc7ba1c5d038a18d7b"
