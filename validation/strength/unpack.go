package strength

import (
	_ "embed" // dictionary.bin, cyrillic.bin, hebrew.bin, typed.bin
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"
)

//go:embed dictionary.bin
var packedWords []byte

// embedded is the dictionary of dictionary.bin, unpacked once.
var embedded = sync.OnceValues(func() (*dictionary, error) {
	d, err := unpack(packedWords)
	if err != nil {
		return nil, fmt.Errorf("strength: embedded dictionary: %w", err)
	}
	d.spelling = d.learnSpelling(latinLetters)
	d.begin = new(beginnings)
	d.begin.learn(d)
	return d, nil
})

var (
	//go:embed cyrillic.bin
	packedCyrillic []byte
	//go:embed hebrew.bin
	packedHebrew []byte
	//go:embed typed.bin
	packedTyped []byte
)

// embeddedTyped are the words typed on keyboards of other scripts, unpacked once.
var embeddedTyped = sync.OnceValues(func() (*typedWords, error) {
	typed := new(typedWords)
	for i, packed := range [...][]byte{packedCyrillic, packedHebrew, packedTyped} {
		d, err := unpack(packed)
		if err != nil {
			return nil, fmt.Errorf("strength: embedded dictionary %d of other keyboards: %w", i+1, err)
		}
		typed.dictionaries[i] = d
		typed.begin.learn(d)
	}
	for _, d := range typed.dictionaries[:2] {
		d.spelling = d.learnSpelling(typedLetters)
	}
	return typed, nil
})

var errPacking = errors.New("malformed")

// unpack reads what internal/gendict packed (see writeDictionary there).
func unpack(packed []byte) (*dictionary, error) {
	tree, err := buildTree(packed)
	if err != nil {
		return nil, err
	}
	return layOut(tree), nil
}

const (
	commonMark = 0x80 // the flag of a common word in the mark behind it
	firstChar  = ' '  // what is less is a mark: how far to go back
)

// buildTree makes a trie whose nodes are in order of their words: the first
// child of a node follows it (nodeParent tells whether there is one), and each
// node links to its next sibling, 0 for none.
func buildTree(packed []byte) ([]node, error) {
	tree := make([]node, 1, len(packed)+1)
	var path [256]uint32 // the nodes of the word so far, by their depth
	depth := 0
	for _, char := range packed {
		last := &tree[path[depth]]
		if back := int(char &^ commonMark); back < firstChar {
			if depth == 0 || back > depth || *last&nodeWord != 0 {
				return nil, errPacking
			}
			*last |= nodeWord
			if char&commonMark != 0 {
				*last |= nodeCommon
			}
			depth -= back
			continue
		}
		if char&commonMark != 0 || depth+1 == len(path) || len(tree) == mostNodes {
			return nil, errPacking
		}
		if *last&nodeParent != 0 {
			tree[path[depth+1]] |= node(len(tree)) << linkShift
		}
		*last |= nodeParent
		depth++
		path[depth] = uint32(len(tree))
		tree = append(tree, node(char))
	}
	if tree[len(tree)-1]&nodeWord == 0 {
		return nil, errPacking
	}
	return tree, nil
}

// layOut puts the nodes of a tree from buildTree in the order of a dictionary.
func layOut(tree []node) *dictionary {
	d := &dictionary{nodes: make([]node, 1, len(tree)+1)}
	d.nodes[0] = tree[0] & nodeParent
	origin := make([]uint32, 1, len(tree)) // where each node of d is in tree
	for i := 0; i < len(d.nodes); i++ {
		n := d.nodes[i]
		d.nodes[i] |= node(len(d.nodes)) << linkShift
		if n&nodeParent == 0 {
			continue
		}
		for child := origin[i] + 1; child != 0; child = tree[child].link() {
			d.nodes = append(d.nodes, tree[child]&(1<<linkShift-1))
			origin = append(origin, child)
		}
	}
	d.nodes = append(d.nodes, node(len(d.nodes))<<linkShift)
	for i := d.nodes[0].link(); i < d.nodes[1].link(); i++ {
		d.roots[d.nodes[i].char()] = i
	}
	d.seconds = d.tabulate(d.nodes[1].link())
	return d
}

// tabulate returns the children of the nodes before one by their character.
func (d *dictionary) tabulate(end uint32) [][utf8.RuneSelf]uint32 {
	table := make([][utf8.RuneSelf]uint32, end)
	for of := uint32(1); of < end; of++ {
		for i := d.nodes[of].link(); i < d.nodes[of+1].link(); i++ {
			table[of][d.nodes[i].char()] = i
		}
	}
	return table
}
