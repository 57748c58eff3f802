// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:d52af2d2c6b7e1033a72f4e82950f68f20b13719c4083b2d5b525cd834bd62e4"
