// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:2ecb24810b7667f9b9322d46d32159afe02a51d5048e2ab1b34d66a673f1afa8"
