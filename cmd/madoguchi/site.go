package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/madoguchi/madoguchi/internal/web"
)

type siteCmd struct {
	Out    string `arg:"" help:"The folder to write; it must not be there yet, or be empty." placeholder:"FOLDER"`
	OCR    string `help:"A folder with node_modules of tesseract.js (web/ocr after npm ci): the text of pictures is read on the device, too." type:"path" placeholder:"FOLDER"`
	Engine string `help:"The program for browsers; beside this one where it is not given." type:"path" placeholder:"madoguchi.wasm"`
}

// Run writes the page as files that any host can hand out, answered on the device.
func (c *siteCmd) Run(s *streams) error {
	name := c.Engine
	if name == "" {
		me, err := os.Executable()
		if err != nil {
			return err
		}
		name = filepath.Join(filepath.Dir(me), "madoguchi.wasm")
	}
	var parts [2][]byte
	for i, f := range []string{name, filepath.Join(filepath.Dir(name), "wasm_exec.js")} {
		var err error
		if parts[i], err = os.ReadFile(f); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return &usageError{fmt.Errorf("%s is not there", f), "make site builds it; a release holds it beside the program"}
			}
			return err
		}
	}
	ocr := map[string][]byte{}
	if c.OCR != "" {
		for _, f := range []string{"tesseract.js/dist/tesseract.esm.min.js", "tesseract.js/dist/worker.min.js", "tesseract.js-core/tesseract-core-simd-lstm.wasm.js", "@tesseract.js-data/jpn/4.0.0_best_int/jpn.traineddata.gz"} {
			b, err := os.ReadFile(filepath.Join(c.OCR, "node_modules", filepath.FromSlash(f)))
			if err != nil {
				return &usageError{fmt.Errorf("%s is not there", f), "npm ci in " + c.OCR + " fetches it; make site does all of it"}
			}
			ocr[filepath.Base(f)] = b
		}
	}
	if err := web.Site(c.Out, version, parts[0], parts[1], ocr); err != nil {
		return &usageError{err, "give a folder that is not there yet"}
	}
	fmt.Fprintf(s.err, "madoguchi: %s can be handed out by any HTTPS host as it is; docs/site.md\n", c.Out)
	return nil
}
