// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:f2ad2e25d1c44408a01a20c24b65124b17448fb4458d259685c2ac0eb967bf89"
