// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:00895b41e8572ea2fc9b5cd162a025c3bb7c83c21381bcc3e37190830029fbf2"
