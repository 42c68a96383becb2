package strength

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

var firstNames = []string{
	"Katherine", "José", "Ann", "Mohammed", "Søren", "Zoë", "Olumide", "Jean-Luc", "Łukasz", "Priyanka",
	"Ngozi", "Bjørn", "Mary Jane", "D’Andre", "Siobhán", "Nguyệt", "Iva", "Владимир", "Ελένη", "عائشة",
}

var lastNames = []string{
	"O'Sullivan", "Núñez", "Lee", "van der Berg", "Müller-Lüdenscheidt", "Okonkwo", "Fernández", "Wójcik", "Smith",
	"Venkatanarasimharajuvaripeta", "Yılmaz", "Đorđević", "Nakamura", "Le Goff", "Ng'ang'a", "Иванова", "Παπαδόπουλος",
}

// ascii spells a name as people do in an email address.
func ascii(name string) string {
	var spelled strings.Builder
	for _, r := range name {
		if r = fold(r); isLetter(r) {
			spelled.WriteRune(r)
		}
	}
	return spelled.String()
}

// newPerson makes up a customer.
func newPerson(rng *rand.Rand) Personal {
	first, last := pick(rng, firstNames...), pick(rng, lastNames...)
	local := pick(rng,
		ascii(first)+"."+ascii(last), ascii(first)+year(rng), ascii(last)+"_"+ascii(first), "the.blue.rider")
	if len(strings.Trim(local, "._-0123456789")) < leastPersonal {
		local = "rider" + year(rng)
	}
	return Personal{
		FirstName: first,
		LastName:  last,
		Email:     local + "@" + pick(rng, "gmail.com", "mail.example.org", "acme.co.uk"),
		Phone:     fmt.Sprintf("+447%09d", rng.IntN(1e9)),
		BirthDate: fmt.Sprintf("%d-%02d-%02d", 1930+rng.IntN(78), 1+rng.IntN(12), 1+rng.IntN(28)),
	}
}

// personalPatterns are ways in which people make a password of what they are.
var personalPatterns = map[string]func(rng *rand.Rand, p Personal) string{
	"first name, year":         func(rng *rand.Rand, p Personal) string { return "A" + p.FirstName + year(rng) + special(rng) },
	"last name, day":           func(_ *rand.Rand, p Personal) string { return p.LastName + "@Xy" + p.BirthDate[8:] + p.BirthDate[5:7] },
	"both names":               func(_ *rand.Rand, p Personal) string { return "Ab" + p.FirstName + p.LastName + "1!" },
	"names with an underscore": func(_ *rand.Rand, p Personal) string { return "A" + p.FirstName + "_" + p.LastName + "1!" },
	"first name, phone":        func(rng *rand.Rand, p Personal) string { return p.FirstName + p.Phone[9:] + "Q" + special(rng) },
	"reversed name":            func(rng *rand.Rand, p Personal) string { return "Z" + backward(p.FirstName) + "12" + special(rng) },
	"name in leet": func(rng *rand.Rand, p Personal) string {
		return "X" + leet(rng, strings.ToLower(p.FirstName)) + "12" + special(rng)
	},
	"email": func(_ *rand.Rand, p Personal) string {
		local, _, _ := strings.Cut(p.Email, "@")
		return "A" + local + "1!"
	},
	"end of phone":   func(_ *rand.Rand, p Personal) string { return "Pw!" + p.Phone[7:] },
	"start of phone": func(_ *rand.Rand, p Personal) string { return "Pw!0" + p.Phone[3:10] },
	"birth date": func(_ *rand.Rand, p Personal) string {
		return "Qx!" + p.BirthDate[8:] + p.BirthDate[5:7] + p.BirthDate[:4]
	},
	"birth date, with points": func(_ *rand.Rand, p Personal) string {
		return "Qx!" + p.BirthDate[8:] + "." + p.BirthDate[5:7] + "." + p.BirthDate[:4]
	},
}

func backward(name string) string {
	r := []rune(strings.ToLower(name))
	slices.Reverse(r)
	return string(r)
}
