// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:56a5b44ce641038b25135b837f7bf29658ce8037c438a01e577f8771ca72dbac"
