// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:4fe85b16fe2873d44ab1e15727a9065fceb137840128a6d81ac922c3a2580a6a"
