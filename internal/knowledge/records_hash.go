// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:56bbfffd60a7fd2d86918da36f2d7e8271df4f0183917c94aed3a4fa0bde60f6"
