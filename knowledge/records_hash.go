// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:dda227a1681f170a4c4456e0a739fb5d7a20413cacb6abdaf4ad2887404534f8"
