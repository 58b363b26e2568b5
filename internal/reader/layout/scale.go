package layout

import (
	"image"
	"math"
)

// Frame is a slanted rectangle of a picture: its left middle, its size and how
// far its middle line falls per pixel to the right.
type Frame struct {
	X, Y, W, H float64 // left edge, middle line at the left edge, width, height
	Slope      float64
}

// Sample cuts a frame out of a picture and scales it to w x h pixels, taking
// the mean over the area that each pixel covers. Outside of the picture the
// nearest pixel counts.
func Sample(g *image.Gray, f Frame, w, h int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, w, h))
	sx, sy := f.W/float64(w), f.H/float64(h)
	nx, ny := max(int(math.Ceil(sx*0.99)), 1), max(int(math.Ceil(sy*0.99)), 1)
	for y := range h {
		for x := range w {
			var sum float64
			for i := range nx {
				px := f.X + (float64(x)+(float64(i)+0.5)/float64(nx))*sx
				shift := (px - f.X) * f.Slope
				for j := range ny {
					py := f.Y - f.H/2 + shift + (float64(y)+(float64(j)+0.5)/float64(ny))*sy
					sum += bilinear(g, px-0.5, py-0.5)
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum/float64(nx*ny) + 0.5)
		}
	}
	return out
}

// bilinear is the value between the four pixels around a point.
func bilinear(g *image.Gray, x, y float64) float64 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	x, y = min(max(x, 0), float64(w-1)), min(max(y, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := x-float64(x0), y-float64(y0)
	top := float64(g.Pix[y0*g.Stride+x0])*(1-fx) + float64(g.Pix[y0*g.Stride+x1])*fx
	low := float64(g.Pix[y1*g.Stride+x0])*(1-fx) + float64(g.Pix[y1*g.Stride+x1])*fx
	return top*(1-fy) + low*fy
}

// Scale resizes a whole picture.
func Scale(g *image.Gray, w, h int) *image.Gray {
	return Sample(g, Frame{W: float64(g.Rect.Dx()), H: float64(g.Rect.Dy()), Y: float64(g.Rect.Dy()) / 2}, w, h)
}

// Halve is the picture at half its size, the mean of each two by two pixels.
func Halve(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx()/2, g.Rect.Dy()/2
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		a, b := g.Pix[2*y*g.Stride:][:2*w], g.Pix[(2*y+1)*g.Stride:][:2*w]
		dst := out.Pix[y*out.Stride:][:w]
		for x := range dst {
			dst[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
	}
	return out
}
