// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:926f3a290bd9246ce11c91118dd222339babb1e3edff3c81dcf9cdfb7f19b744"
