// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:d9a3828e5460a889c5d4db897fd588e548d22d273c5aebd799c6b72d5bcac48c"
