package strength

// Words calls yield with each word that Judge looks for in a password because of
// what is known about the customer, folded and once: those of the names and the
// email address, whole, in parts and run together. The phone number and the
// birth date count as one word each, as they are, in however many forms Judge
// looks for them. It ends early when yield returns false.
func (p Personal) Words(yield func(word string) bool) {
	m := scratches.Get().(*scratch)
	defer scratches.Put(m)
	defer m.clear()
	m.about.learnAll(&p)
	for _, whole := range []string{p.Phone, p.BirthDate} {
		if whole != "" && !yield(whole) {
			return
		}
	}
	known, word := &m.about.tokens, make([]rune, 0, mostPhone) // the longest there is
	for _, first := range known.roots {
		if !known.each(first, word, yield) {
			return
		}
	}
}

// each calls yield with the words of names and addresses that begin so and go on
// with a node or one of its siblings.
func (t *tokens) each(at uint32, word []rune, yield func(word string) bool) bool {
	for before := len(word); at != 0; at = t.nodes[at].sibling {
		n := &t.nodes[at]
		word = append(word[:before], n.char)
		if (n.kind == KindName || n.kind == KindEmail) && !yield(string(word)) || !t.each(n.child, word, yield) {
			return false
		}
	}
	return true
}
