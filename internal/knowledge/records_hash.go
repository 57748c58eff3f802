// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:8aa4c4e943fa56cbf6e3930b91b93bc750e27191000c173ca905fd2cac3abdd1"
