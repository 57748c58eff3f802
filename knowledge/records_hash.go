// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:42e4fd28c7e5994a5a8f26b8052df1f2db9ae407db2aecd57e5d8194d0b9cf7f"
