package strength

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/customergate/customergate/internal/race"
)

func TestPersonalPieces(t *testing.T) {
	s := newScorer(t)
	for _, tt := range []struct {
		name     string
		about    Personal
		password string
		points   int
		kinds    []Kind
	}{
		{"first name", Personal{FirstName: "Xanthippe"}, "xanthippe", 0, []Kind{KindName}},
		{"last name", Personal{LastName: "Zwq"}, "ZWQ", 0, []Kind{KindName}},
		{"a name of two letters is none", Personal{LastName: "Zq"}, "ZqZ", 3, nil},
		{"accents in the name", Personal{FirstName: "Žwłqè"}, "zwlqe", 0, []Kind{KindName}},
		{"accents in the password", Personal{FirstName: "Zwqe"}, "zwqé", 0, []Kind{KindName}},
		{"combining accents", Personal{FirstName: "Zwqe\u0301"}, "zwqé", 0, []Kind{KindName}},
		{"another script", Personal{FirstName: "Жщц"}, "жщЦ", 0, []Kind{KindName}},
		{"another script, without accents", Personal{FirstName: "Ελένη"}, "Ελενη", 0, []Kind{KindName}},
		{"another script, accents in the password", Personal{FirstName: "Ελενη"}, "ελένη", 0, []Kind{KindName}},
		{"sigma at the end", Personal{FirstName: "Νίκος"}, "ΝΙΚΟΣ", 0, []Kind{KindName}},
		{"ё and е", Personal{FirstName: "Семён"}, "семен", 0, []Kind{KindName}},
		{"hamza", Personal{FirstName: "أسماء"}, "اسما", 0, []Kind{KindName}},
		{"Arabic and Persian letters", Personal{FirstName: "علی"}, "علي", 0, []Kind{KindName}},
		{"vowel signs", Personal{FirstName: "مُحَمَّد"}, "محمد", 0, []Kind{KindName}},
		{"hiragana and katakana", Personal{FirstName: "さくら"}, "サクラ", 0, []Kind{KindName}},
		{"kana of half width", Personal{FirstName: "サクラ"}, "ｻｸﾗ", 0, []Kind{KindName}},
		{"kana in Latin letters", Personal{FirstName: "さくら"}, "Sakura", 0, []Kind{KindName}},
		{"Cyrillic in Latin letters", Personal{LastName: "Щукин"}, "Shchukin", 0, []Kind{KindName}},
		{"Greek in Latin letters", Personal{LastName: "Παπαδόπουλος"}, "Papadopoulos", 0, []Kind{KindName}},
		{"Cyrillic as in passports", Personal{FirstName: "Юлия"}, "Iuliia", 0, []Kind{KindName}},
		{"Cyrillic as among friends", Personal{LastName: "Щукин"}, "Shukin", 0, []Kind{KindName}},
		{"Greek as among friends", Personal{FirstName: "Θεόδωρος"}, "8eodwros", 0, []Kind{KindName}},
		{"Armenian in Latin letters", Personal{FirstName: "Գուրգեն"}, "Gurgen", 0, []Kind{KindName}},
		{"Georgian in Latin letters", Personal{FirstName: "ქეთევან"}, "Ketevan", 0, []Kind{KindName}},
		{"Korean in Latin letters", Personal{FirstName: "서연"}, "Seoyeon", 0, []Kind{KindName}},
		{"Korean as in old passports", Personal{LastName: "김"}, "Kim", 0, []Kind{KindName}},
		{"Korean as in English", Personal{FirstName: "준호"}, "Joonho", 0, []Kind{KindName}},
		{"kana as in Japanese schools", Personal{FirstName: "しょうた"}, "Syouta", 0, []Kind{KindName}},
		{"kana as in passports", Personal{FirstName: "ユウコ"}, "Yuko", 0, []Kind{KindName}},
		{"kana as in both", Personal{FirstName: "じろう"}, "Ziro", 0, []Kind{KindName}},
		{"Chinese in Latin letters", Personal{LastName: "张", FirstName: "伟"}, "Zhangwei", 0, []Kind{KindName}},
		{"Chinese, given name first", Personal{LastName: "李", FirstName: "娜"}, "Nali", 0, []Kind{KindName}},
		{"Greek in Latin letters, upsilon alone", Personal{LastName: "Ζυγός"}, "Zygos", 0, []Kind{KindName}},
		{"Latin letters in kana", Personal{FirstName: "Sakura"}, "サクラ", 0, []Kind{KindName}},
		{"on a Latin keyboard", Personal{FirstName: "Сергей"}, "Cthutq", 0, []Kind{KindName}},
		{"on a Latin keyboard, beginning with a symbol", Personal{FirstName: "Борис"}, "<jhbc", 0, []Kind{KindName}},
		{"on a Cyrillic keyboard", Personal{FirstName: "Xanthippe"}, "Чфтершззу", 0, []Kind{KindName}},
		{"on a Hebrew keyboard", Personal{FirstName: "Sakura"}, "דשלורש", 0, []Kind{KindName}},
		{"umlaut spelled out", Personal{LastName: "Zöwqü"}, "Zoewque", 0, []Kind{KindName}},
		{"umlaut left out", Personal{LastName: "Zöwqü"}, "ZOWQU", 0, []Kind{KindName}},
		{"sharp s, ligatures and ring spelled out", Personal{FirstName: "Ælqå", LastName: "Vqoß"}, "aelqaavqoss", 0, []Kind{KindName}},
		{"part of a name, spelled out", Personal{LastName: "Øvz-Þqk"}, "thqk", 0, []Kind{KindName}},
		{"part of a name", Personal{FirstName: "Zwq-Vkx"}, "vkx", 0, []Kind{KindName}},
		{"parts of a name without the hyphen", Personal{FirstName: "Zw-Vk"}, "zwvk", 0, []Kind{KindName}},
		{"name with its apostrophe", Personal{LastName: "O'Vk"}, "o'vk", 0, []Kind{KindName}},
		{"doubled letters", Personal{FirstName: "Zwqqv"}, "zzwwqqvv", 1, []Kind{KindName, KindRepetition}},
		{"reversed", Personal{FirstName: "Zwqv"}, "vqwz", 0, []Kind{KindName}},
		{"look-alikes", Personal{FirstName: "Zatio"}, "Z@710", 0, []Kind{KindName}},
		{"reversed look-alikes", Personal{FirstName: "Zatio"}, "017@2", 0, []Kind{KindName}},
		{"long name", Personal{FirstName: strings.Repeat("zwqvk", 5)}, strings.Repeat("ZWQVK", 5), 0, []Kind{KindName}},
		{"long name, almost", Personal{FirstName: "zwqvkxjzvwqkz"}, "zwqvkxjzvwqkz", 0, []Kind{KindName}},
		{"local part", Personal{Email: "zwq.vkx@example.org"}, "zwq.vkx", 0, []Kind{KindEmail}},
		{"local part without symbols", Personal{Email: "zw.vk+x@example.org"}, "zwvkx", 0, []Kind{KindEmail}},
		{"part of the local part", Personal{Email: "zw.vkx@example.org"}, "vkx", 0, []Kind{KindEmail}},
		{"letters of the local part", Personal{Email: "zwq77@example.org"}, "zwq", 0, []Kind{KindEmail}},
		{"domain", Personal{Email: "zwq@vkxj.org"}, "vkxj", 0, []Kind{KindEmail}},
		{"the last label is none", Personal{Email: "zwq@vkxj.qwx"}, "qwx", 3, nil},
		{"address without a domain", Personal{Email: "zwq.vkx"}, "vkx", 0, []Kind{KindEmail}},
		{"address with two at signs", Personal{Email: "zwq@vkx@jqx.org"}, "vkx", 0, []Kind{KindEmail}},
		{"last four digits of the phone", Personal{Phone: "+447123459680"}, "9680", 0, []Kind{KindPhone}},
		{"last digits of the phone", Personal{Phone: "07123459680"}, "3459680", 0, []Kind{KindPhone}},
		{"last three digits are too few", Personal{Phone: "+447123459680"}, "680", 2, []Kind{KindNumber}},
		{"six digits of the phone", Personal{Phone: "+447123459680"}, "471234", 0, []Kind{KindPhone}},
		{"five digits of the phone", Personal{Phone: "+448396702751"}, "39670", 2, []Kind{KindNumber}},
		{"phone reversed", Personal{Phone: "+447123459680"}, "0869", 0, []Kind{KindPhone}},
		{"birth year", Personal{BirthDate: "1985-07-03"}, "1985", 0, []Kind{KindBirthDate}},
		{"birth day", Personal{BirthDate: "1985-07-03"}, "0307", 0, []Kind{KindBirthDate}},
		{"birth date in short", Personal{BirthDate: "1985-07-03"}, "030785", 0, []Kind{KindBirthDate}},
		{"birth date without zeros", Personal{BirthDate: "1985-07-03"}, "371985", 0, []Kind{KindBirthDate}},
		{"birth date, two digits each", Personal{BirthDate: "1985-12-31"}, "3112", 0, []Kind{KindBirthDate}},
		{"birth date with points", Personal{BirthDate: "1985-07-03"}, "3.7.1985", 0, []Kind{KindBirthDate}},
		{"birth date, American", Personal{BirthDate: "1985-07-03"}, "07/03/85", 0, []Kind{KindBirthDate}},
		{"birth date, ISO", Personal{BirthDate: "1985-07-03"}, "1985-07-03", 0, []Kind{KindBirthDate}},
		{"another date", Personal{BirthDate: "1985-07-03"}, "4.7.1985", 1, []Kind{KindDate}},
		{"birth date of the first years", Personal{BirthDate: "0007-07-03"}, "0007", 0, []Kind{KindBirthDate}},
		{"even with a common piece", Personal{FirstName: "Zwqv"}, "Zwqvdragon", 1, []Kind{KindName, KindWord}},
		{"rather than a common piece of no cost more", Personal{Phone: "+447221972594"}, "07221972", 1, []Kind{KindPhone}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := s.judgeByRule([]byte(tt.password), &tt.about)
			if points, kinds := found.cost.points(), found.kinds.list(); points != tt.points || !slices.Equal(kinds, tt.kinds) {
				t.Errorf("%q is worth %d for %v, not %d for %v", tt.password, points, kinds, tt.points, tt.kinds)
			}
		})
	}
}

func TestPersonalDataNotWellFormed(t *testing.T) {
	s := newScorer(t)
	const password = "xK9#mQ2$vLp7"
	for name, about := range map[string]Personal{
		"no dates":            {BirthDate: "1985-13-03"},
		"letters in the date": {BirthDate: "198x-07-03"},
		"other separators":    {BirthDate: "1985.07.03"},
		"long date":           {BirthDate: "1985-07-031"},
		"only symbols":        {FirstName: "'-'", LastName: "   ", Email: "@", Phone: "+"},
		"not UTF-8":           {FirstName: "\xff\xfe\xfd", Email: "\xff@\xff.\xff", Phone: "\xff", BirthDate: "\xff"},
		"points only":         {Email: "....@...."},
		"endless": {
			FirstName: strings.Repeat("ab-", 1e6), LastName: strings.Repeat("\u0301", 1e6),
			Email: strings.Repeat("x.", 1e6), Phone: strings.Repeat("12", 1e6), BirthDate: strings.Repeat("1", 1e6),
		},
	} {
		t.Run(name, func(t *testing.T) {
			if v := s.Judge([]byte(password), about); v.Points != len(password) || !v.Enough {
				t.Errorf("%+v", v)
			}
		})
	}
}

// TestRoomForPersonalPieces shows that what comes first is known whatever the
// rest is.
func TestRoomForPersonalPieces(t *testing.T) {
	s := newScorer(t)
	about := customer
	about.FirstName = strings.Repeat("zwqvk", 10)
	about.LastName = "Vkx-" + strings.Repeat("zwqjx", 9)
	about.Email = strings.Join(random(40, 10, 10, 11), "")[:200] + "@example.org"
	for _, password := range []string{"Vkx", "1985", "030785", "6789", "3.7.1985"} {
		if found := s.judgeByRule([]byte(password), &about); found.cost.points() != 0 {
			t.Errorf("%q is worth %d", password, found.cost.points())
		}
	}
}

// TestWalkThatForks shows that a walk ends even when the customer's data can be
// read in thousands of ways from the password.
func TestWalkThatForks(t *testing.T) {
	var words tokens
	words.use(make([]token, 10_000), &charSet{all: true})
	for _, a := range "1il" {
		for _, b := range "1il" {
			for _, c := range "1il" {
				for _, d := range "1il" {
					word := []rune{a, b, c, d, a, b, c, d}
					words.add(word, len(word), KindName)
				}
			}
		}
	}
	var c cover
	ones := text{}
	ones.read([]byte("11111111"))
	c.start(&ones, ones.length)
	walk := tokenWalk{cover: &c, tokens: &words, budget: mostVisits}
	walk.follow(0, 0, 0)
	if walk.budget != 0 {
		t.Errorf("%d nodes could still be visited", walk.budget)
	}
}

// TestOnlyWhatAPasswordCanHold compares with a customer of whom everything is known,
// not only what has characters of the password.
func TestOnlyWhatAPasswordCanHold(t *testing.T) {
	s, rng := newScorer(t), newRand(13)
	patterns := slices.Sorted(maps.Keys(personalPatterns))
	for range 300 / race.Share {
		person := newPerson(rng)
		for _, name := range patterns {
			for _, password := range []string{personalPatterns[name](rng, person), personalPatterns[name](rng, newPerson(rng))} {
				m := new(scratch)
				m.whole.read([]byte(password))
				m.about.learnAll(&person)
				want := s.judgeText(m)
				if got := s.judgeByRule([]byte(password), &person); got != want {
					t.Errorf("%s of %+v: %q is worth %v, not %v", name, person, password, got, want)
				}
			}
		}
	}
}
