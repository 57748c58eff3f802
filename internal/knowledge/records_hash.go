// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:ed747b046aaca2ab30ac5ac438acea8cd8737a0c3795fc577a910487fd328a6f"
