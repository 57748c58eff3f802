package picture_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/madoguchi/madoguchi/internal/picture"
)

func code(t *testing.T, s string, side int) image.Image {
	t.Helper()
	m, err := qrcode.NewQRCodeWriter().Encode(s, gozxing.BarcodeFormat_QR_CODE, side, side, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// photograph turns, darkens and dirties a picture, as a telephone's camera
// does.
func photograph(src image.Image, angle float64) image.Image {
	b := src.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx()*3/2, b.Dy()*3/2))
	rng := rand.New(rand.NewPCG(1, 1))
	cx, cy := float64(out.Bounds().Dx())/2, float64(out.Bounds().Dy())/2
	sin, cos := math.Sincos(angle)
	for y := range out.Bounds().Dy() {
		for x := range out.Bounds().Dx() {
			dx, dy := float64(x)-cx, float64(y)-cy
			u, v := int(dx*cos+dy*sin+float64(b.Dx())/2), int(-dx*sin+dy*cos+float64(b.Dy())/2)
			l := 200.0
			if image.Pt(u, v).In(b) {
				g, _, _, _ := src.At(u, v).RGBA()
				l = 40 + float64(g>>8)*0.6
			}
			l += float64(x)/20 + rng.Float64()*30 - 15 // light from one side, noise
			out.SetGray(x, y, color.Gray{Y: uint8(max(0, min(255, l)))})
		}
	}
	return out
}

// TestQR: screenshots and photographs.
func TestQR(t *testing.T) {
	const url = "https://amazon.co.jp.example.top/login?x=1"
	for _, c := range []struct {
		name string
		img  image.Image
		jpeg bool
	}{
		{"screenshot", code(t, url, 300), false},
		{"small", code(t, url, 60), false},
		{"photograph", photograph(code(t, url, 500), 0.15), true},
		{"photograph, turned far", photograph(code(t, url, 700), 0.7), true},
	} {
		var b bytes.Buffer
		var err error
		if c.jpeg {
			err = jpeg.Encode(&b, c.img, &jpeg.Options{Quality: 70})
		} else {
			err = png.Encode(&b, c.img)
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := picture.QR(b.Bytes())
		if err != nil || !slices.Equal(got, []string{url}) {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	if got, err := picture.QR([]byte("not a picture")); !errors.Is(err, picture.ErrNotPicture) {
		t.Errorf("no picture: %q, %v", got, err)
	}
	var blank bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 50, 50))); err != nil {
		t.Fatal(err)
	}
	if got, err := picture.QR(blank.Bytes()); err != nil || len(got) != 0 {
		t.Errorf("a blank picture: %q, %v", got, err)
	}
}
