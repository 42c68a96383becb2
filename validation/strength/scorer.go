package strength

import (
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/FastFilter/xorfilter"
)

// DefaultMinPoints is the number of points that make a password good enough
// unless Options say otherwise.
const DefaultMinPoints = 7

const (
	leakedPoints   = 1
	removedPoints  = 1 // for each symbol taken out
	phrasePoints   = 1 // for words that make a phrase
	phraseWords    = 3 // so many do
	phraseWord     = 3 // characters of the shortest of them
	squeezedPoints = 1 // for holding keys down
	periodPoints   = 1 // for saying a block again and again
)

// mostReread is how many characters a text has at most that is read in another way
// than as it is, or in which words are looked for that are typed with keys that are
// not theirs, or drawn. Longer ones can hardly be cheap.
const mostReread = 36

// The length of a word of the operator's, in characters without accents.
const (
	MinWord = leastWord
	MaxWord = 50
)

// Options tune a Scorer.
type Options struct {
	// MinPoints is the least number of points of a password that is good enough,
	// 1 to 128. 0 means DefaultMinPoints.
	MinPoints int

	// Words are further common words, such as the names of a company and its
	// products, of 4 to 50 characters each. Case and accents do not matter.
	Words []string
}

// Scorer judges passwords. It is read-only and safe for concurrent use.
type Scorer struct {
	minPoints int
	words     *dictionary
	typed     *typedWords
	own       tokens // the operator's words
	leaks     *xorfilter.BinaryFuse[uint16]
}

// Verdict is what a Scorer found out about a password.
type Verdict struct {
	// Points is what the password is worth.
	Points int
	// Enough tells whether that is enough.
	Enough bool
	// Personal tells whether the password was not enough and pieces that sank it
	// come from what is known about the customer.
	Personal bool
	// Kinds are the kinds of pieces that sank the password, in the order of their
	// constants, each once. There are none when the password is enough, and none
	// when it is not but has no such piece because it is just too short.
	Kinds []Kind
}

// New returns a Scorer. The first call in a process unpacks the embedded
// dictionary, which all scorers share. It fails when MinPoints is out of range
// or a word has the wrong length; the error gives the number of the word,
// counted from 1.
func New(opts Options) (*Scorer, error) {
	s := &Scorer{minPoints: opts.MinPoints}
	switch {
	case opts.MinPoints == 0:
		s.minPoints = DefaultMinPoints
	case opts.MinPoints < 0 || opts.MinPoints > maxChars:
		return nil, fmt.Errorf("strength: the least number of points is not 1 to %d", maxChars)
	}
	var err error
	if s.words, err = embedded(); err != nil {
		return nil, err
	}
	if s.typed, err = embeddedTyped(); err != nil {
		return nil, err
	}
	if s.leaks, err = leaks(); err != nil {
		return nil, err
	}
	if err := s.learn(opts.Words); err != nil {
		return nil, err
	}
	return s, nil
}

// learn enters the operator's words.
func (s *Scorer) learn(words []string) error {
	if len(words) > maxOwnWords {
		return errTooManyWords
	}
	size := 1
	for _, word := range words {
		size += utf8.RuneCountInString(word)
	}
	s.own.use(make([]token, size), &charSet{all: true})
	var folded []rune
	for i, word := range words {
		if !IsWord(word) {
			return fmt.Errorf("strength: word %d does not have %d to %d characters", i+1, MinWord, MaxWord)
		}
		folded = appendFolded(folded[:0], word)
		s.own.add(folded, len(folded), KindWord)
	}
	return nil
}

// IsWord tells whether a word can be one of Options.Words.
func IsWord(word string) bool {
	n := len(appendFolded(nil, word))
	return utf8.ValidString(word) && MinWord <= n && n <= MaxWord
}

func appendFolded(folded []rune, word string) []rune {
	for _, r := range word {
		if !isAccent(r) {
			folded = append(folded, fold(r))
		}
	}
	return folded
}

// maxOwnWords keeps the operator's words well within what a trie can number.
const maxOwnWords = 1 << 20

var errTooManyWords = errors.New("strength: too many words")

// scratch is the memory of one call of Judge.
type scratch struct {
	whole text // the password
	other text // the same without symbols, or without runs of one character
	about about
	cover cover
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// clear removes every trace of a password and its owner.
func (m *scratch) clear() {
	m.whole.clear()
	m.other.clear()
	m.about.forget()
	m.cover = cover{}
}

// outcome is what a way to read the password costs, and the kinds of its
// pieces.
type outcome struct {
	cost  cost
	kinds kindSet
}

// Judge says what a password, in UTF-8, is worth to this customer. Its first
// 128 characters count. It keeps nothing of its arguments.
func (s *Scorer) Judge(password []byte, about Personal) Verdict {
	found := s.judgeByRule(password, &about)
	points := found.cost.points()
	switch {
	case points < s.minPoints:
		return Verdict{
			Points:   points,
			Personal: found.cost&impersonal == 0,
			Kinds:    found.kinds.list(),
		}
	case s.isLeaked(password):
		return Verdict{Points: leakedPoints, Kinds: []Kind{KindLeaked}}
	}
	return Verdict{Points: points, Enough: true}
}

// judgeByRule judges a password by its pieces, leaked or not.
func (s *Scorer) judgeByRule(password []byte, about *Personal) outcome {
	m := scratches.Get().(*scratch)
	defer scratches.Put(m)
	return s.judgeIn(m, password, about)
}

// judgeIn judges a password in scratch memory and leaves that clear.
func (s *Scorer) judgeIn(m *scratch, password []byte, about *Personal) outcome {
	defer m.clear()
	m.whole.read(password)
	m.about.learnFor(&m.whole, about)
	return s.judgeText(m)
}

// judgeText returns the cheapest way to read the text: as it is, as one block
// said again and again, without its symbols, with its runs of one character made
// one, or as the keys that its letters of another script are typed with.
func (s *Scorer) judgeText(m *scratch) outcome {
	length := m.whole.length
	best := s.coverText(m, &m.whole, length)
	if p := period(m.whole.chars[:length]); p < length && periodPoints < best.cost.points() {
		block := s.coverText(m, &m.whole, p)
		block.kinds.add(KindRepetition)
		best.improve(block, periodPoints)
	}
	if removed := m.other.readBare(&m.whole); m.whole.parted() && m.other.length <= mostReread && removed*removedPoints < best.cost.points() {
		best.improve(s.coverText(m, &m.other, m.other.length), removed*removedPoints)
	}
	m.other.readSqueezed(&m.whole)
	if length-m.other.length > squeezedPoints && m.other.length <= mostReread && squeezedPoints < best.cost.points() {
		squeezed := s.coverText(m, &m.other, m.other.length)
		squeezed.kinds.add(KindRepetition)
		best.improve(squeezed, squeezedPoints)
	}
	if wovenPoints < best.cost.points() && m.other.readUnwoven(&m.whole) && m.other.length <= mostReread {
		best.improve(s.coverText(m, &m.other, m.other.length), wovenPoints)
	}
	if parting := m.other.readJoined(&m.whole); parting > 0 && parting < best.cost.points() && m.other.length <= mostReread {
		best.improve(s.coverText(m, &m.other, m.other.length), parting)
	}
	if m.whole.foreign && m.other.readKeys(&m.whole) && m.other.length <= mostReread {
		best.improve(s.coverText(m, &m.other, m.other.length), 0)
	}
	return best
}

// improve takes another outcome, so many points dearer, if it costs less.
func (o *outcome) improve(other outcome, points int) {
	other.cost += cost(2 * points)
	if other.cost < o.cost {
		*o = other
	}
}

// coverText covers the start of a text with pieces. At each place the pieces
// that end there come first, so that the cheapest way to the place is known
// when those that start there are offered. Of pieces of the same cost the first
// one stays.
func (s *Scorer) coverText(m *scratch, t *text, length int) outcome {
	c := &m.cover
	c.start(t, length)
	runs := newRuns()
	var blocks blocks
	for place := 0; place <= length; place++ {
		if place > 0 {
			m.about.tokens.offerReversed(c, place)
			s.own.offerReversed(c, place)
			s.words.offerReversed(c, place)
			runs.end(c, place)
			if place > 1 {
				c.walks.end(c, place)
			}
			blocks.end(c, place)
			wordLike(c, place, s.words.spelling)
			s.offerTypedLike(c, place)
			foreign(c, place)
			c.offer(place-1, place, 1, plain)
		}
		m.about.tokens.offer(c, place)
		s.own.offer(c, place)
		s.words.offer(c, place)
		s.offerDisguised(c, place)
		dates(c, place, m.about.birth)
		mirrored(c, place)
	}
	total := c.total()
	if total&impersonal != 0 && c.words() >= phraseWords {
		total += 2 * phrasePoints
	}
	return outcome{total, c.kinds()}
}

// offerTypedLike offers what is spelled like a word typed on another keyboard and ends
// at a place.
func (s *Scorer) offerTypedLike(c *cover, place int) {
	if !c.brief || place < leastTypedLike || !c.regularShift(place-leastTypedLike, place) {
		return
	}
	for _, words := range s.typed.dictionaries {
		words.offerTypedLike(c, place, s.words.spelling)
	}
}

// offerDisguised offers the words that start at a place and have been typed with
// other keys than theirs, or drawn.
func (s *Scorer) offerDisguised(c *cover, place int) {
	s.typed.offer(c, place)
	if c.brief {
		s.words.offerMisplaced(c, place)
	}
	if c.drawn {
		s.words.offerWide(c, place)
	}
}
