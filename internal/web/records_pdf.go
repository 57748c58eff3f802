//go:build !js

package web

import (
	"io"

	"github.com/madoguchi/madoguchi/internal/dossier"
)

func pdf(p *dossier.Paper, w io.Writer) error { return p.PDF(w) }
