package strength

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/customergate/customergate/internal/race"
)

// tally counts what became of passwords.
type tally struct{ total, accepted, leaked int }

// byRule is how many passwords the rule alone accepts: those that were refused
// for being leaked, too.
func (c tally) byRule() int  { return c.accepted + c.leaked }
func (c tally) refused() int { return c.total - c.accepted }

func (c tally) plus(other tally) tally {
	return tally{c.total + other.total, c.accepted + other.accepted, c.leaked + other.leaked}
}

// judgeAll judges passwords, thinned out.
func judgeAll(s *Scorer, passwords []string) tally {
	var thin []string
	for i := 0; i < len(passwords); i += race.Share {
		thin = append(thin, passwords[i])
	}
	return judge(s, thin)
}

func judge(s *Scorer, passwords []string) tally {
	var c tally
	for _, password := range passwords {
		c.total++
		switch v := s.Judge([]byte(password), Personal{}); {
		case v.Enough:
			c.accepted++
		case slices.Contains(v.Kinds, KindLeaked):
			c.leaked++
		}
	}
	return c
}

// checkRate logs how often the scorer is wrong, and fails when that is more
// often than the limit, in percent.
func checkRate(t *testing.T, corpus string, wrong, total int, limit float64) {
	t.Helper()
	percent := 100 * float64(wrong) / float64(total)
	row := fmt.Sprintf("%-52s %6d of %6d wrong, %5.2f %%, limit %5.2f %%", corpus, wrong, total, percent, limit)
	if percent > limit {
		t.Error(row)
		return
	}
	t.Log(row)
}

// TestRates measures how many bad passwords are accepted and how many good ones
// are refused. The limits are a little above what the rule reaches, and guard
// against getting worse.
//
// The set of leaked passwords tells nothing about a password outside it, so
// that the rate of the rule alone is also what to expect of leaked passwords
// that the set does not hold; that of the whole scorer is for those it holds.
func TestRates(t *testing.T) {
	s := newScorer(t)
	top := judgeAll(s, mutated(lines(t, "top.txt"), 1))
	unknown := judgeAll(s, mutated(lines(t, "unknown.txt"), 2))
	leaked := judgeAll(s, lines(t, "leaked.txt"))
	bad := top.plus(unknown).plus(leaked)
	checkRate(t, "accepted: all bad ones", bad.accepted, bad.total, 0.5)
	checkRate(t, "accepted: all bad ones, by the rule alone", bad.byRule(), bad.total, 1.2)
	checkRate(t, "accepted: mutations of frequent passwords", top.byRule(), top.total, 0.1)
	checkRate(t, "accepted: mutations of words not in the dictionary", unknown.byRule(), unknown.total, 1.2)
	checkRate(t, "accepted: leaked", leaked.accepted, leaked.total, 6.7)
	checkRate(t, "accepted: leaked, by the rule alone", leaked.byRule(), leaked.total, 10)

	long, short := judgeAll(s, random(2000, 12, 24, 3)), judgeAll(s, random(5000, 8, 8, 4))
	checkRate(t, "refused: random, 12 to 24 characters", long.refused(), long.total, 0)
	checkRate(t, "refused: random, 8 characters", short.refused(), short.total, 1.5)
	for _, c := range []struct {
		number, shortest, longest int
		limit                     float64
	}{{20000, 8, 8, 3}, {20000, 8, 11, 1.4}, {20000, 12, 12, 0.08}, {10000, 13, 24, 0.02}} {
		passwords := judge(s, randomOf(generated, c.number, c.shortest, c.longest, 9))
		corpus := fmt.Sprintf("refused: generated, %d to %d characters", c.shortest, c.longest)
		checkRate(t, corpus, passwords.refused(), passwords.total, c.limit)
	}
	words := lines(t, "diceware.txt")
	three := judgeAll(s, diceware(words, 5000, 3, 5))
	checkRate(t, "refused: diceware, 3 words", three.refused(), three.total, 0.4)
	for length := 4; length <= 7; length++ {
		phrases := judgeAll(s, diceware(words, 1000, length, 6))
		checkRate(t, fmt.Sprintf("refused: diceware, %d words", length), phrases.refused(), phrases.total, 0)
	}
}

// TestPersonalRates measures how often the scorer is wrong about what has to do
// with the customer.
func TestPersonalRates(t *testing.T) {
	s, rng := newScorer(t), newRand(8)
	words := lines(t, "diceware.txt")
	patterns := slices.Sorted(maps.Keys(personalPatterns))
	wrong, total := 0, 0
	for i := range uint64(300 / race.Share) {
		person := newPerson(rng)
		for _, name := range patterns {
			total++
			password := personalPatterns[name](rng, person)
			if v := s.Judge([]byte(password), person); v.Enough || !v.Personal {
				wrong++
				t.Logf("%s of %+v: %q has %+v", name, person, password, v)
			}
		}
		for _, password := range slices.Concat(random(1, 12, 24, i), diceware(words, 1, 4, i)) {
			total++
			if v := s.Judge([]byte(password), person); !v.Enough {
				wrong++
				t.Logf("%q is not enough for %+v: %+v", password, person, v)
			}
		}
	}
	checkRate(t, "personal or not", wrong, total, 0)
}
