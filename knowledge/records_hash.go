// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:bb00a776c8054b024ebb6c7b616ee9457f300af600791d10c9b0487239f69ee6"
