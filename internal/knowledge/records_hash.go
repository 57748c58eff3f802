// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:0446bdd0893ab882bfe2e539cb996bcb504acdf595e20d1a9a8719c80f3316bc"
