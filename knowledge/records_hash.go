// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:443ac32d3f97369039cd17f8df770c42205a5b44a20f8eb11fc3a7a3f7099d08"
