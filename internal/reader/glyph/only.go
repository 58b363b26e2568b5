package glyph

import "strings"

// Only is the same network knowing the given characters alone. Where the whole network
// says one of them at a step, this one does, too; where the whole one says another
// character, this one may say anything. So a word of these characters that it does not
// read is not there for the whole network either, at less than half of the cost when
// that knows thousands of characters.
func (n *Net) Only(chars string) *Net {
	last := len(n.layers) - 1
	few := &Net{index: map[rune]int{}, layers: append([]layer(nil), n.layers...)}
	whole, head := n.layers[last], n.layers[last]
	size := whole.in * whole.KH * whole.KW
	head.weights, head.bias = append([]float32(nil), whole.weights[:size]...), append([]float32(nil), whole.bias[0])
	for i, r := range n.alphabet { // in its order, so that equal scores are decided alike
		if strings.ContainsRune(chars, r) {
			few.alphabet = append(few.alphabet, r)
			few.index[r] = len(few.alphabet)
			head.weights = append(head.weights, whole.weights[(i+1)*size:(i+2)*size]...)
			head.bias = append(head.bias, whole.bias[i+1])
		}
	}
	head.Out = len(head.bias)
	few.layers[last] = head
	return few
}
