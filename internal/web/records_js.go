package web

import (
	"io"

	"github.com/madoguchi/madoguchi/internal/dossier"
)

// pdf is the paper as a page: a browser prints that, and the program need not bring a
// font.
func pdf(p *dossier.Paper, w io.Writer) error { return p.HTML(w) }
