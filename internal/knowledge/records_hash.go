// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:67fbd35d93c639e0f3fe9d0562bdc446c78981215a71e287752e5d541ac15925"
