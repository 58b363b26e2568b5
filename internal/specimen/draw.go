package specimen

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
)

// Draw draws a specimen and encodes it as its faults say. Without a fault the
// file has between 55 KiB and 1 MiB, as registries ask. The same spec and fonts
// give the same bytes.
func Draw(p Spec) ([]byte, error) {
	draw, ok := layouts[side{p.Type, p.Role, p.Form}]
	if !ok {
		return nil, fmt.Errorf("no specimen of %s %s %s can be drawn; there are %v", p.Type, p.Role, p.Form, Types())
	}
	s := draw(p)
	if s.err != nil {
		return nil, fmt.Errorf("draw specimen: %w", s.err)
	}
	rng := rand.New(rand.NewPCG(p.Seed, 1))
	page := s.Image().(*image.RGBA) // gg draws on that type
	if slices.Contains(p.Faults, Two) {
		other := another(p, rng)
		o := draw(other)
		if o.err != nil {
			return nil, fmt.Errorf("draw second specimen: %w", o.err)
		}
		page = beside(page, o.Image().(*image.RGBA)) // gg draws on that type
	}
	for _, f := range p.Faults {
		if change, ok := changes[f]; ok {
			page = change(page, rng)
		}
		if change, ok := onSheet[f]; ok {
			page = change(page, s, rng)
		}
	}
	return encode(grain(page, rng), p.Faults)
}

func encode(m *image.RGBA, faults []Fault) ([]byte, error) {
	quality := 82
	var picture image.Image = m
	var b bytes.Buffer
	switch {
	case slices.Contains(faults, PNG):
		if err := png.Encode(&b, m); err != nil {
			return nil, fmt.Errorf("encode specimen: %w", err)
		}
		return b.Bytes(), nil
	case slices.Contains(faults, TooSmall):
		picture, quality = resize(m, 560), 20
	case slices.Contains(faults, TooLarge):
		picture, quality = resize(m, m.Rect.Dx()*2), 100
	case slices.Contains(faults, Grey):
		g := image.NewGray(m.Rect)
		for i := range g.Pix {
			g.Pix[i] = m.Pix[i*4]
		}
		picture = g
	}
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode specimen: %w", err)
	}
	if slices.Contains(faults, Truncated) {
		return b.Bytes()[:b.Len()*6/10], nil
	}
	return b.Bytes(), nil
}
