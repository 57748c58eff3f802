// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:60026fd03d7ea69d680cda46adeb089ad7de1d4146f464947f74bedaf7945d78"
