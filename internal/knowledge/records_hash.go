// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:7d29470b23389851536db7fc083f9fd3ab1f65cb5da46f57e10f8a723c9811c4"
