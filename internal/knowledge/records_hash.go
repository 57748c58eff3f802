// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:672b79e887ae9f9b8a0b5aa34025632de783bca88838cc5b0ba10439938517e4"
