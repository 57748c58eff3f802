// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:a1bbaa0d53dd0b794f9b12d9b70543ad75b57ba7fa5764cb9f242dff9bc9c87e"
