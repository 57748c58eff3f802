// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:73b5406994714b36727c4d118e1afd430dd13c59140cac47a20946ac208ef0c1"
