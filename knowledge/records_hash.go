// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:c59e1d93ceb4416dd91962e1cb75eaa28adc5a9a972cee999cf880aeab03563c"
