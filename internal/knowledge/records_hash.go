// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:ca5c128afd7291f7d20c0070da96229f925bc4f5a37d921b227928bd1c19147a"
