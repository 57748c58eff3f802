package dossier

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed paper.html
var paperHTML string

var paperTemplate = template.Must(template.New("paper").Parse(paperHTML))

// HTML writes a page that needs nothing else: no script, no font, no picture
// from anywhere.
func (p *Paper) HTML(w io.Writer) error { return paperTemplate.Execute(w, p) }
