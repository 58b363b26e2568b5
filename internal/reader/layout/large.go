package layout

import "image"

// wipeLarge takes what is no letter off a page of pale print: a portrait's shade, lines
// of a pattern, a frame.
func wipeLarge(g *image.Gray) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	seen := make([]bool, w*h)
	var piece []int
	for start, v := range g.Pix {
		if v >= palest || seen[start] {
			continue
		}
		seen[start] = true
		piece = append(piece[:0], start)
		x0, x1, y0, y1 := w, 0, h, 0
		for at := 0; at < len(piece); at++ {
			x, y := piece[at]%w, piece[at]/w
			x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
			for _, n := range [...]int{piece[at] - 1, piece[at] + 1, piece[at] - w, piece[at] + w} {
				if n >= 0 && n < len(g.Pix) && g.Pix[n] < palest && !seen[n] {
					seen[n] = true
					piece = append(piece, n)
				}
			}
		}
		if max(x1-x0, y1-y0) <= mostLetter {
			continue
		}
		for _, i := range piece {
			g.Pix[i] = 255
		}
	}
}
