// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:a228a1c84e33c04f0cea841503d64e87f8323ec7a495b006b471f9b3f761a016"
