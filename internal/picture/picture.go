// Package picture reads what screenshots and photographs hold for a check: QR
// codes, and text where the program tesseract is installed.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // photographs
	_ "image/png"  // screenshots
	"os/exec"
	"strings"
	"sync"

	"golang.org/x/image/draw"
)

// Errors that say what a person can do.
var (
	ErrNotPicture = errors.New("picture: no PNG or JPEG")
	ErrTooLarge   = errors.New("picture: more than 24 million pixels, or more than a picture needs")
	ErrNoReader   = errors.New("picture: the program tesseract is not installed")
)

// Bounds of a picture: what it may cost to decode, whatever its file weighs.
const (
	maxPixels = 24e6  // a photograph of a telephone has 12 to 24 million, larger ones are mostly sent smaller
	maxMemory = 200e6 // bytes of the decoded picture
	maxScans  = 24    // of a progressive JPEG: each goes over all of it
)

// decoding lets one picture at a time be decoded.
var decoding sync.Mutex

// Is reports whether bytes begin as a PNG or JPEG file does.
func Is(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(b, []byte("\xff\xd8\xff"))
}

// QR returns what the QR codes of a picture say, each once. Photographs are
// tried in several sizes: noise and slant that hide a code in full size are
// smoothed in a smaller one; and white on black.
func QR(b []byte) ([]string, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, ErrNotPicture
	}
	if float64(c.Width)*float64(c.Height) > maxPixels || float64(c.Width)*float64(c.Height)*pixelBytes(c.ColorModel, format, b) > maxMemory || format == "jpeg" && scans(b) > maxScans {
		return nil, ErrTooLarge
	}
	decoding.Lock()
	defer decoding.Unlock()
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPicture, err)
	}
	var found []string
	seen := map[string]bool{}
	longest := max(c.Width, c.Height)
	for _, side := range []int{longest, 1600, 800, 400, 2 * longest} {
		if side != longest && (side > longest && longest > 400 || side < longest/16) {
			continue
		}
		for _, s := range decode(resized(img, side)) {
			if !seen[s] {
				seen[s] = true
				found = append(found, s)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	return found, nil
}

// pixelBytes is what a pixel costs in memory.
func pixelBytes(m color.Model, format string, b []byte) float64 {
	switch {
	case m == color.RGBA64Model || m == color.NRGBA64Model:
		return 8
	case m == color.RGBAModel || m == color.NRGBAModel || m == color.CMYKModel:
		return 4
	case format == "jpeg" && scans(b) > 1:
		return 8 // the coefficients are held until the last scan
	}
	return 2
}

// scans counts the scans of a JPEG.
func scans(b []byte) int { return bytes.Count(b, []byte{0xFF, 0xDA}) }

func resized(img image.Image, side int) image.Image {
	b := img.Bounds()
	longest := max(b.Dx(), b.Dy())
	if side == longest {
		return img
	}
	out := image.NewGray(image.Rect(0, 0, max(1, b.Dx()*side/longest), max(1, b.Dy()*side/longest)))
	draw.CatmullRom.Scale(out, out.Bounds(), img, b, draw.Src, nil)
	return out
}

// Text returns the text of a picture as tesseract reads it, in Japanese and
// English. The picture goes to that program's standard input and nowhere
// else.
func Text(ctx context.Context, b []byte) (string, error) {
	name, err := exec.LookPath("tesseract")
	if err != nil {
		return "", ErrNoReader
	}
	cmd := exec.CommandContext(ctx, name, "-", "-", "-l", "jpn+eng")
	cmd.Stdin = bytes.NewReader(b)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("picture: tesseract with Japanese (package tesseract-ocr-jpn) could not read it: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
