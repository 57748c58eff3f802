// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:9aae8437ecc663893c8da5cc7d302276ea867e0ae09c3aafabf83917e1750774"
