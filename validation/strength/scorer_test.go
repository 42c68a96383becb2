package strength

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
)

func newScorer(tb testing.TB) *Scorer {
	tb.Helper()
	s, err := New(Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestOptions(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options Options
		wrong   string // what the error says
	}{
		{"defaults", Options{}, ""},
		{"least points", Options{MinPoints: 1}, ""},
		{"most points", Options{MinPoints: 128}, ""},
		{"negative points", Options{MinPoints: -1}, "not 1 to 128"},
		{"more points than characters", Options{MinPoints: 129}, "not 1 to 128"},
		{"words", Options{Words: []string{"four", strings.Repeat("é", 50)}}, ""},
		{"short word", Options{Words: []string{"four", "fün"}}, "word 2 "},
		{"accents are no characters", Options{Words: []string{"fun\u0308"}}, "word 1 "},
		{"long word", Options{Words: []string{strings.Repeat("é", 51)}}, "word 1 "},
		{"too many words", Options{Words: make([]string, 1<<20+1)}, "too many words"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := New(tt.options)
			switch {
			case tt.wrong == "" && (err != nil || s == nil):
				t.Errorf("refused: %v", err)
			case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
				t.Errorf("the error is %v, not one of %q", err, tt.wrong)
			case err != nil && strings.Contains(err.Error(), "fün"):
				t.Errorf("the error holds the word: %v", err)
			}
		})
	}
}

func TestMinPoints(t *testing.T) {
	password := []byte("xK9#mQ2$") // 8 points
	for _, tt := range []struct {
		least  int
		enough bool
	}{{0, true}, {7, true}, {8, true}, {9, false}, {128, false}} {
		s, err := New(Options{MinPoints: tt.least})
		if err != nil {
			t.Fatal(err)
		}
		v := s.Judge(password, Personal{})
		if v.Points != 8 || v.Enough != tt.enough || v.Kinds != nil {
			t.Errorf("at least %d: %+v", tt.least, v)
		}
	}
}

func TestVerdict(t *testing.T) {
	s := newScorer(t)
	about := Personal{FirstName: "Katherine", BirthDate: "1985-07-03"}
	for _, tt := range []struct {
		name     string
		password string
		want     Verdict
	}{
		{"enough", "xK9#mQ2$vLp7", Verdict{Points: 12, Enough: true}},
		{"common", "Summer2025!", Verdict{Points: 3, Kinds: []Kind{KindWord, KindYear}}},
		{"personal", "Katherine85!", Verdict{Points: 3, Personal: true, Kinds: []Kind{KindName}}},
		{"personal and common", "Dragon-1985", Verdict{Points: 2, Personal: true, Kinds: []Kind{KindBirthDate, KindWord}}},
		{"personal pieces in a good one", "Katherine.xK9#mQ2$vLp7", Verdict{Points: 13, Enough: true}},
		{"leaked", "8McrftFps#2", Verdict{Points: 1, Kinds: []Kind{KindLeaked}}},
		{"leaked, but for the case", "8McrftFps#2"[:10] + "3", Verdict{Points: 11, Enough: true}},
		{"too short", "xK9#", Verdict{Points: 4}},
		{"empty", "", Verdict{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := s.Judge([]byte(tt.password), about)
			if got.Points != tt.want.Points || got.Enough != tt.want.Enough || got.Personal != tt.want.Personal ||
				!slices.Equal(got.Kinds, tt.want.Kinds) {
				t.Errorf("%+v, not %+v", got, tt.want)
			}
		})
	}
}

func TestKindPhrases(t *testing.T) {
	seen := map[string]bool{}
	for k := plain; k < kinds; k++ {
		phrase := k.String()
		if phrase == "" || seen[phrase] {
			t.Errorf("kind %d is %q", k, phrase)
		}
		seen[phrase] = true
	}
	if got := KindWord.String(); got != "a common word" {
		t.Errorf("a word is %q", got)
	}
	if got := kinds.String(); seen[got] {
		t.Errorf("what is no kind is %q", got)
	}
}

func TestOnlyTheFirstCharactersCount(t *testing.T) {
	s := newScorer(t)
	start := random(1, 128, 128, 9)[0]
	want := s.Judge([]byte(start), Personal{})
	if want.Points < 100 {
		t.Fatalf("%d points for 128 random characters", want.Points)
	}
	for _, end := range []string{"x", "\u0301", strings.Repeat("dragon", 1000)} {
		if got := s.Judge([]byte(start+end), Personal{}); got.Points != want.Points {
			t.Errorf("%d points with %d bytes more, not %d", got.Points, len(end), want.Points)
		}
	}
	if got := s.Judge([]byte(strings.Repeat("\u0301", 128)+start), Personal{}); got.Points != 0 {
		t.Errorf("%d points behind 128 accents", got.Points)
	}
}

func TestJudgeLeavesNoTrace(t *testing.T) {
	s := newScorer(t)
	m := new(scratch)
	password := []byte("Katherine.447123456789!Katherine.447123456789!")
	original := bytes.Clone(password)
	s.judgeIn(m, password, &customer)
	if !bytes.Equal(password, original) {
		t.Error("the password has been changed")
	}
	for i := range m.about.room {
		if m.about.room[i] != (token{}) {
			t.Fatalf("token %d is left", i)
		}
	}
	m.about.tokens.nodes = nil
	if m.whole != (text{}) || m.other != (text{}) || m.about.birth != (date{}) ||
		m.about.field != [mostField]rune{} || m.about.tokens.roots != [rootSlots]uint32{} {
		t.Error("the scratch memory has not been cleared")
	}
	if m.cover.text != nil || m.cover.cost != [maxChars + 1]cost{} || m.cover.via != [maxChars + 1]step{} {
		t.Error("the cover has not been cleared")
	}
}

func TestJudgeAllocatesNothingForAGoodPassword(t *testing.T) {
	s := newScorer(t)
	password := []byte("xK9#mQ2$vLp7")
	if n := testing.AllocsPerRun(200, func() { s.Judge(password, customer) }); n >= 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestJudgeConcurrently(t *testing.T) {
	s := newScorer(t)
	passwords := slices.Concat(random(50, 8, 24, 10), lines(t, "leaked.txt")[:50])
	want := make([]Verdict, len(passwords))
	for i, password := range passwords {
		want[i] = s.Judge([]byte(password), customer)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, password := range passwords {
				got := s.Judge([]byte(password), customer)
				if got.Points != want[i].Points || !slices.Equal(got.Kinds, want[i].Kinds) {
					t.Errorf("%q: %+v, not %+v", password, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}
