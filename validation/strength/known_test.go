package strength

import (
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	for name, test := range map[string]struct {
		person Personal
		want   []string // in the order of the alphabet
	}{
		"nobody": {Personal{}, nil},
		"an ordinary person": {
			Personal{FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com", Phone: "+447123456789", BirthDate: "1990-12-10"},
			[]string{"+447123456789", "1990-12-10", "ada", "example", "lovelace"},
		},
		"two names and an address of them": {
			Personal{FirstName: "Anna María", LastName: "O'Neill", Email: "anna.oneill2@mail.example.com"},
			[]string{"anna", "anna maria", "anna.oneill2", "annamaria", "annaoneill2", "example", "mail", "maria", "neill", "o'neill", "oneill", "oneill2"},
		},
		"the same in other letters": {Personal{FirstName: "ÁDA", LastName: "ada", Email: "ADA@ada.com"}, []string{"ada"}},
		"too short":                 {Personal{FirstName: "Bo", LastName: "Li", Email: "bo@li.cn"}, nil},
		"a long name in pieces":     {Personal{LastName: "Schillingsfürst"}, []string{"erst", "rst", "schillingsfu"}},
		"many labels":               {Personal{Email: "x@one.two.three.four.com"}, []string{"four", "one", "three", "two"}},
		"digits of the birth date":  {Personal{Email: "rider1990@x.com", BirthDate: "1990-12-10"}, []string{"1990-12-10", "rider", "rider1990"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := slices.Sorted(test.person.Words)
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q", got)
			}
			for range test.person.Words {
				break // which is not to panic
			}
		})
	}
}

// TestWordsArePersonal: a password of any of them is worth nothing to the
// customer, so each is something that an answer tells about.
func TestWordsArePersonal(t *testing.T) {
	s, rng := newScorer(t), newRand(1)
	for range 200 {
		p := newPerson(rng)
		for word := range p.Words {
			if word == p.Phone || word == p.BirthDate {
				continue
			}
			if v := s.Judge([]byte(word), p); v.Points > 1 || !v.Personal && v.Points > 0 {
				t.Errorf("%q is worth %d points to %+v", word, v.Points, p)
			}
		}
	}
}
