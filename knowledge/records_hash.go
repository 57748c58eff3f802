// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:01f6eea2d49b32ca9c163821f044c2fb7255c7e6d3043a9992b1f88911729aec"
