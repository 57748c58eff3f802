// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:3122963c9868e169702e65760e7a1f560baffa702e3f0aed25ea9d28e9ad6951"
