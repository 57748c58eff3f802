// Package picture reads what screenshots and photographs hold for a check: QR
// codes, and text where the program tesseract is installed.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // photographs
	_ "image/png"  // screenshots
	"os/exec"
	"strings"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/draw"
)

// Errors that say what a person can do.
var (
	ErrNotPicture = errors.New("picture: no PNG or JPEG")
	ErrTooLarge   = errors.New("picture: more than 60 million pixels")
	ErrNoReader   = errors.New("picture: the program tesseract is not installed")
)

// maxPixels bounds the memory that a picture may cost.
const maxPixels = 60e6

// Is reports whether bytes begin as a PNG or JPEG file does.
func Is(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(b, []byte("\xff\xd8\xff"))
}

// QR returns what the QR codes of a picture say, each once. Photographs are
// tried in several sizes: noise and slant that hide a code in full size are
// smoothed in a smaller one.
func QR(b []byte) ([]string, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, ErrNotPicture
	}
	if c.Width*c.Height > maxPixels {
		return nil, ErrTooLarge
	}
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

// decode tries a picture with both ways of telling black from white.
func decode(img image.Image) (found []string) {
	src := gozxing.NewLuminanceSourceFromImage(img)
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, binarize := range []func(gozxing.LuminanceSource) gozxing.Binarizer{gozxing.NewHybridBinarizer, gozxing.NewGlobalHistgramBinarizer} {
		bmp, err := gozxing.NewBinaryBitmap(binarize(src))
		if err != nil {
			continue
		}
		if results, err := multi.NewQRCodeMultiReader().DecodeMultiple(bmp, hints); err == nil {
			for _, r := range results {
				found = append(found, r.GetText())
			}
		}
		if len(found) == 0 {
			if r, err := qrcode.NewQRCodeReader().Decode(bmp, hints); err == nil {
				found = append(found, r.GetText())
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
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
