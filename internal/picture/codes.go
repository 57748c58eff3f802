package picture

import (
	"image"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// Bounds of the search: the library's own tries every three of all patterns that
// look like the corner of a code, and a picture can be full of them.
const (
	maxSeen    = 400 // patterns that are gathered before the search ends
	maxCorners = 32  // of which so many are combined, those that were seen most often
	maxCodes   = 64  // combinations that are read
)

// decode tries a picture with both ways of telling black from white, and the other
// way round.
func decode(img image.Image) (found []string) {
	src := gozxing.NewLuminanceSourceFromImage(img)
	for _, s := range []gozxing.LuminanceSource{src, src.Invert()} {
		for _, binarize := range []func(gozxing.LuminanceSource) gozxing.Binarizer{gozxing.NewHybridBinarizer, gozxing.NewGlobalHistgramBinarizer} {
			bmp, err := gozxing.NewBinaryBitmap(binarize(s))
			if err != nil {
				continue
			}
			m, err := bmp.GetBlackMatrix()
			if err != nil {
				continue
			}
			if found = read(m); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// read reads all codes of a matrix.
func read(m *gozxing.BitMatrix) (found []string) {
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, c := range combined(corners(m)) {
		r, err := detector.NewDetector(m).ProcessFinderPatternInfo(c)
		if err != nil {
			continue
		}
		d, err := decoder.NewDecoder().Decode(r.GetBits(), hints)
		if err != nil {
			continue
		}
		if s := d.GetText(); !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	return found
}

// corners finds the patterns in the corners of codes: black, white, black, white,
// black as 1:1:3:1:1 (ISO/IEC 18004, 6.3.3.1).
func corners(m *gozxing.BitMatrix) []*detector.FinderPattern {
	f := detector.NewFinderPatternFinder(m, nil)
	const skip = 3 // rows
	state := make([]int, 5)
	for y := skip - 1; y < m.GetHeight() && len(f.GetPossibleCenters()) < maxSeen; y += skip {
		clear(state)
		at := 0
		for x := range m.GetWidth() {
			switch black := m.Get(x, y); {
			case black && at&1 == 1:
				at++
				state[at]++
			case black || at&1 == 1:
				state[at]++
			case at < 4:
				at++
				state[at]++
			case detector.FinderPatternFinder_foundPatternCross(state) && f.HandlePossibleCenter(state, y, x):
				at = 0
				clear(state)
			default:
				detector.FinderPatternFinder_ShiftCounts2(state)
				at = 3
			}
			if len(f.GetPossibleCenters()) >= maxSeen {
				break
			}
		}
		if detector.FinderPatternFinder_foundPatternCross(state) {
			f.HandlePossibleCenter(state, y, m.GetWidth())
		}
	}
	list := slices.Clone(f.GetPossibleCenters())
	slices.SortStableFunc(list, func(a, b *detector.FinderPattern) int { return b.GetCount() - a.GetCount() })
	return list[:min(len(list), maxCorners)]
}

// combined are the threes of corners that stand as those of a code: of one size,
// at right angles, with edges of one length.
func combined(list []*detector.FinderPattern) (codes []*detector.FinderPatternInfo) {
	const apart, most = 0.2, 180.0 // share by which they may differ; modules of an edge
	near := func(a, b, share float64) bool { return math.Abs(a-b) <= share*math.Min(a, b) }
	for i, a := range list {
		for j := i + 1; j < len(list); j++ {
			b := list[j]
			if !near(a.GetEstimatedModuleSize(), b.GetEstimatedModuleSize(), 2*apart) {
				continue
			}
			for _, c := range list[j+1:] {
				if !near(b.GetEstimatedModuleSize(), c.GetEstimatedModuleSize(), 2*apart) {
					continue
				}
				p, q, r := gozxing.ResultPoint_OrderBestPatterns(a, b, c)
				info := detector.NewFinderPatternInfo(p.(*detector.FinderPattern), q.(*detector.FinderPattern), r.(*detector.FinderPattern))
				left := gozxing.ResultPoint_Distance(info.GetTopLeft(), info.GetBottomLeft())
				top := gozxing.ResultPoint_Distance(info.GetTopLeft(), info.GetTopRight())
				across := gozxing.ResultPoint_Distance(info.GetTopRight(), info.GetBottomLeft())
				if n := (left + top) / (2 * a.GetEstimatedModuleSize()); n < 9 || n > most {
					continue
				}
				if !near(left, top, apart) || !near(across, math.Hypot(left, top), apart) {
					continue
				}
				if codes = append(codes, info); len(codes) >= maxCodes {
					return codes
				}
			}
		}
	}
	return codes
}
