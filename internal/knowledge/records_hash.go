// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:47f8a94b771733492f1bcd4d8d81d779be810688c8b2bfa28301e8488452e53d"
