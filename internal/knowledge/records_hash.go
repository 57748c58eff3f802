// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:2be788bc1e7adf2f05150099d2073d11590ad988625051df67eda70f6994b12f"
