// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:42a1176e47cf30958c5d0481dd998eeaa514572615d2ac253fc9aaf9c9fe4c25"
