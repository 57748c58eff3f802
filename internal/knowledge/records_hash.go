// Code generated from data/ by knowledge/curate/compile; DO NOT EDIT.

package knowledge

const hash = "sha256:380267663eaea4923468d14ff711f88f18003165ff75917085e1837ac61c6f10"
