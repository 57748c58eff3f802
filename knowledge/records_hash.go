// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:0057d34653c42d8212de320b65a3909ed15b549411206b9b21223c4e5b758c2a"
