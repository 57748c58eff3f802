// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:d5e0b7500f1a8951526f6d4982a05c4288c7a05eff86dba776b05f923e3ad9b8"
