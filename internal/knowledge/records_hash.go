// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:6cf78ab00efca8d8b714980a488787afd90505c1589c2059046a7e04a95fbe03"
