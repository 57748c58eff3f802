// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:85818f3956b8df66c085ae5d8d276a60f2fd8b636e2e901d66debe128758c36f"
