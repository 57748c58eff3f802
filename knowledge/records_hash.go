// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:f596b9c8476e3eba009df3c69b060d477c464ce8cba4c0ef35bd9ca89aed5b90"
