// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:3d94cb404e9a79e24ad0e24b3f4196e3f9f96a59646fd0b49f9dd79a50b37eab"
