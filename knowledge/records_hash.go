// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:886ed6dce7e177fc9749288f75085df47e3eb0d87aaad7329e93d48f658c117d"
