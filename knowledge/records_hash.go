// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:8df2cfa99e21cb9c21003f8b7205f28a1f80e0e690f6f2873812c611ec257661"
