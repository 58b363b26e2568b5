package text

// Class says what kind of difference two characters have.
type Class string

// The classes.
const (
	Space     Class = "space"
	HiddenCh  Class = "hidden"
	Width     Class = "width"
	Bracket   Class = "bracket"
	LatinCase Class = "latin_case"
	Shape     Class = "similar_shape"
	Sound     Class = "same_sound"
	Script    Class = "trad_simp"
	VariantCh Class = "variant"
	Private   Class = "pua"
	RareCh    Class = "rare"
	Missing   Class = "missing" // declared lacks what was read
	Extra     Class = "extra"   // declared has what was not read
	Other     Class = "other"
)

// Difference is one place where declared and read text differ. Positions count
// characters from 1; 0 means that the side has nothing there.
type Difference struct {
	Class       Class  `json:"class"`
	DeclaredPos int    `json:"declared_pos"`
	ReadPos     int    `json:"read_pos"`
	Declared    string `json:"declared"`
	Read        string `json:"read"`
}

// maxDiff bounds the alignment; beyond it the texts simply differ.
const maxDiff = 400

// Diff aligns two texts and names every difference; nil when they are equal.
func Diff(declared, read string) []Difference {
	if declared == read {
		return nil
	}
	a, b := []rune(declared), []rune(read)
	if len(a) > maxDiff || len(b) > maxDiff {
		return []Difference{{Class: Other, DeclaredPos: 1, ReadPos: 1}}
	}
	x, y := forms(a), forms(b)
	return trace(x, y, costs(x, y))
}

// The costs of the alignment: a place where a look-alike stands is preferred
// over a gap beside it.
const (
	costGap   = 4
	costAlike = 3
	costOther = 5
)

func substitution(a, b *form) int {
	switch {
	case a.r == b.r:
		return 0
	case classify(a, b) != Other:
		return costAlike
	}
	return costOther
}

func costs(a, b []form) [][]int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i * costGap
	}
	for j := range d[0] {
		d[0][j] = j * costGap
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			d[i][j] = min(d[i-1][j-1]+substitution(&a[i-1], &b[j-1]), d[i-1][j]+costGap, d[i][j-1]+costGap)
		}
	}
	return d
}

func trace(a, b []form, d [][]int) []Difference {
	var list []Difference
	for i, j := len(a), len(b); i > 0 || j > 0; {
		switch {
		case i > 0 && j > 0 && d[i][j] == d[i-1][j-1]+substitution(&a[i-1], &b[j-1]):
			if a[i-1].r != b[j-1].r {
				list = append(list, Difference{classify(&a[i-1], &b[j-1]), i, j, string(a[i-1].r), string(b[j-1].r)})
			}
			i, j = i-1, j-1
		case i > 0 && d[i][j] == d[i-1][j]+costGap:
			list = append(list, Difference{alone(a[i-1].r, Extra), i, 0, string(a[i-1].r), ""})
			i--
		default:
			list = append(list, Difference{alone(b[j-1].r, Missing), 0, j, "", string(b[j-1].r)})
			j--
		}
	}
	for l, r := 0, len(list)-1; l < r; l, r = l+1, r-1 {
		list[l], list[r] = list[r], list[l]
	}
	return list
}

// alone is the class of a character that stands against nothing.
func alone(r rune, otherwise Class) Class {
	switch {
	case isSpace(r):
		return Space
	case isHidden(r):
		return HiddenCh
	}
	return otherwise
}
