// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:f4286a0a836c436c6a98d1a694dffafbc9d788484adb031bc20bf6e2def8806b"
