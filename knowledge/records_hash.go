// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:c9289b3145010ed6ce8e36b2abc2524f55ae48ce0ac79049943e534d6f486980"
