// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:32cf7180ad6a7a83d86185aae4e20a0f344334d3f6ef131fa20b0839ff6804ec"
