// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:c8936b0b7f2547fc7730f5727dc223886b674a4bf34f68c85d2e8d290cb56f3c"
