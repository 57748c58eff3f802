// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:3d17e8d605c58791e4ecac76d4369ded333bfffb2cf7f93df9c921c9faa2aa9f"
