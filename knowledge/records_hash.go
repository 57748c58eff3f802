// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:6b2b59926f31b9a6260a8caab264469d60183f3ce79f8adc020a4318c89e86f5"
