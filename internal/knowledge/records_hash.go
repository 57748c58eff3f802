// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:7b33f3b9f59973eb5ddfa5339f0d073515d1258be2d201912c9d0f963b24272a"
