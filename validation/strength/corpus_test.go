package strength

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// specials are the symbols of which the contract wants one.
const specials = "!@#$%^&*"

// composed tells whether a password satisfies the composition rules of the
// contract. Only such passwords reach the scorer, so the corpora hold no others.
func composed(password string) bool {
	return len(password) >= 8 &&
		strings.ContainsAny(password, specials) &&
		strings.ContainsAny(password, "0123456789") &&
		strings.ToLower(password) != password &&
		strings.ToUpper(password) != password
}

// lines reads a word list from testdata.
func lines(tb testing.TB, name string) []string {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

// newRand returns a source of numbers that is the same in each run.
func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// pick returns one of a list.
func pick[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }

// one returns one character of a string.
func one(rng *rand.Rand, from string) string { return string(from[rng.IntN(len(from))]) }

func capitalised(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

func reversed(word string) string {
	b := []byte(word)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// leet writes about half of the letters that have a look-alike as that.
func leet(rng *rand.Rand, word string) string {
	b := []byte(word)
	for i, c := range b {
		if swaps := map[byte]string{
			'a': "4@", 'b': "8", 'e': "3", 'i': "1!", 'l': "1", 'o': "0", 's': "5$", 't': "7",
		}[c]; swaps != "" && rng.IntN(2) == 0 {
			b[i] = swaps[rng.IntN(len(swaps))]
		}
	}
	return string(b)
}

// mutations are the ways in which people make a word satisfy the composition
// rules, with how many of a hundred do so: nearly all of them put something
// behind it.
var mutations = []struct {
	share int
	make  func(rng *rand.Rand, word string) string
}{
	{12, func(rng *rand.Rand, w string) string { return capitalised(w) + digit(rng) + special(rng) }},
	{10, func(rng *rand.Rand, w string) string { return capitalised(w) + special(rng) + digit(rng) }},
	{10, func(rng *rand.Rand, w string) string { return capitalised(w) + counted(rng) + special(rng) }},
	{10, func(rng *rand.Rand, w string) string { return capitalised(w) + special(rng) + counted(rng) }},
	{10, func(rng *rand.Rand, w string) string { return capitalised(w) + digit(rng) + digit(rng) + special(rng) }},
	{6, func(rng *rand.Rand, w string) string { return capitalised(w) + special(rng) + digit(rng) + digit(rng) }},
	{8, func(rng *rand.Rand, w string) string { return capitalised(w) + year(rng) + special(rng) }},
	{6, func(rng *rand.Rand, w string) string { return capitalised(w) + special(rng) + year(rng) }},
	{3, func(rng *rand.Rand, w string) string { return special(rng) + capitalised(w) + digit(rng) + digit(rng) }},
	{3, func(rng *rand.Rand, w string) string { return digit(rng) + special(rng) + capitalised(w) }},
	{2, func(rng *rand.Rand, w string) string {
		return capitalised(w) + strings.Repeat(special(rng), 3) + digit(rng)
	}},
	{2, func(rng *rand.Rand, w string) string {
		return capitalised(w) + "@" + pick(rng, "111", "000", "786", "007", "2k5")
	}},
	{3, func(rng *rand.Rand, w string) string { return strings.ToUpper(w) + "a1" + special(rng) }},
	{3, func(rng *rand.Rand, w string) string { return capitalised(reversed(w)) + counted(rng) + special(rng) }},
	{3, func(rng *rand.Rand, w string) string {
		return capitalised(w) + capitalised(w) + digit(rng) + special(rng)
	}},
	{6, func(rng *rand.Rand, w string) string { return capitalised(leet(rng, w)) + counted(rng) + special(rng) }},
	{3, func(rng *rand.Rand, w string) string { return capitalised(leet(rng, w)) + special(rng) + year(rng) }},
}

func digit(rng *rand.Rand) string   { return one(rng, "0123456789") }
func special(rng *rand.Rand) string { return one(rng, specials) }
func counted(rng *rand.Rand) string { return pick(rng, "1", "12", "123", "1234", "321") }
func year(rng *rand.Rand) string    { return strconv.Itoa(1950 + rng.IntN(80)) }

// mutate makes a word satisfy the composition rules in one of the ways above.
func mutate(rng *rand.Rand, word string) string {
	n := rng.IntN(100)
	for _, m := range mutations {
		if n -= m.share; n < 0 {
			return m.make(rng, word)
		}
	}
	panic("the shares are less than a hundred")
}

// mutated returns the passwords that people make of words, of those that
// satisfy the composition rules.
func mutated(words []string, seed uint64) []string {
	rng := newRand(seed)
	var list []string
	for _, word := range words {
		for range 2 {
			if password := mutate(rng, word); composed(password) {
				list = append(list, password)
			}
		}
	}
	return list
}

// printable are the characters of ASCII that print, without the space.
const printable = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// generated are the characters of passwords that a generator makes to fit the
// composition rules. So few symbols among so many letters make more words and
// look-alikes by chance than printable does.
const generated = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + specials

// random returns passwords of random printable ASCII characters.
func random(number, shortest, longest int, seed uint64) []string {
	return randomOf(printable, number, shortest, longest, seed)
}

// randomOf returns passwords of random characters of an alphabet.
func randomOf(alphabet string, number, shortest, longest int, seed uint64) []string {
	rng := newRand(seed)
	list := make([]string, 0, number)
	for len(list) < number {
		password := make([]byte, shortest+rng.IntN(longest-shortest+1))
		for i := range password {
			password[i] = alphabet[rng.IntN(len(alphabet))]
		}
		if composed(string(password)) {
			list = append(list, string(password))
		}
	}
	return list
}

// diceware returns passphrases of random diceware words with a symbol between
// them, made to satisfy the composition rules.
func diceware(words []string, number, length int, seed uint64) []string {
	rng := newRand(seed)
	list := make([]string, number)
	for i := range list {
		phrase := make([]string, length)
		for j := range phrase {
			phrase[j] = pick(rng, words...)
		}
		phrase[0] = capitalised(phrase[0])
		phrase[length-1] += one(rng, "0123456789")
		list[i] = strings.Join(phrase, pick(rng, "!", "@", "#", "$", "%", "^", "&", "*"))
	}
	return list
}
