package strength

import (
	"strings"
	"testing"
)

// customer is one whose data has all that the scorer looks at.
var customer = Personal{
	FirstName: "Katherine",
	LastName:  "O'Sullivan-Núñez",
	Email:     "kate.osullivan85@example.com",
	Phone:     "+447123456789",
	BirthDate: "1985-07-03",
}

func BenchmarkJudge(b *testing.B) {
	s := newScorer(b)
	for name, password := range map[string]string{
		"accepted-12":      "xK9#mQ2$vLp7",
		"accepted-phrase":  "Abacus!skewer$taekwondo3",
		"accepted-24":      "xK9#mQ2$vLp7wRt&4zNc8!Hd",
		"refused":          "Summer2025!",
		"refused-personal": "Katherine1985!",
	} {
		b.Run(name, func(b *testing.B) {
			p := []byte(password)
			b.ReportAllocs()
			for b.Loop() {
				s.Judge(p, customer)
			}
		})
	}
}

// BenchmarkJudgeForeign judges for customers whose names have other letters.
func BenchmarkJudgeForeign(b *testing.B) {
	s := newScorer(b)
	for name, about := range map[string]Personal{
		"cyrillic": {FirstName: "Екатерина", LastName: "Щербакова-Юшкевич", Email: "k.yushkevich@example.com"},
		"korean":   {FirstName: "서연", LastName: "김", Email: "sy.kim@example.com"},
		"kana":     {FirstName: "しょうへい", LastName: "タカハシ", Email: "taka@example.com"},
	} {
		b.Run(name, func(b *testing.B) {
			p := []byte("xK9#mQ2$vLp7")
			b.ReportAllocs()
			for b.Loop() {
				s.Judge(p, about)
			}
		})
	}
}

// hostile are passwords made to cost as much work as possible.
var hostile = map[string]string{
	"leet":            strings.Repeat("1!|5$7+0", 16),
	"leet-words":      strings.Repeat("p@55w0rd1!|13g3nd", 8),
	"leet-plain":      strings.Repeat("1ll1!|s5$a4@", 11),
	"digits":          strings.Repeat("3141592653589793", 8),
	"dates":           strings.Repeat("19850703", 16),
	"separated-dates": strings.Repeat("3.7.1985.", 15),
	"one-digit":       strings.Repeat("1", 128),
	"one-letter":      strings.Repeat("a", 128),
	"one-symbol":      strings.Repeat("!", 128),
	"periodic":        strings.Repeat("ab1!", 32),
	"half":            strings.Repeat(strings.Repeat("ab", 31)+"1!", 2),
	"walk":            strings.Repeat("qwertyuiop0987654321", 7),
	"sequence":        strings.Repeat("abcdefghijklmnopqrstuvwxyz", 5),
	"word-like":       strings.Repeat("banana", 22),
	"words":           strings.Repeat("correcthorsebatterystaple", 6),
	"prefixes":        strings.Repeat("internationalizationsss", 6),
	"months":          strings.Repeat("jan12feb3mar4", 10),
	"cyrillic":        strings.Repeat("абвгд", 26),
	"not-utf8":        strings.Repeat("\xff\xfe", 95),
	"symbol-first":    "!" + strings.Repeat("1ll1s5$a4@", 13),
	"accents":         strings.Repeat("e\u0301", 100),
	// found by a search for what makes walks visit most nodes
	"forks":        "l(l!11" + strings.Repeat("!1", 10) + "1|" + strings.Repeat("!1", 48) + "!i!1",
	"forks-digits": "a11141114l1ll|" + strings.Repeat("1114", 9) + "7e1" + strings.Repeat("1411", 18),
	"forks-runs": "i!|ll11111!!111!!!111!!!111!!!111111!!||111!!!1111111111111!!!!1111!!!" +
		"11111!!!1111!!!1111!!!1111!!!!!!11111111ss111!1|111!111!11",
	"keys": strings.Repeat("!1", 50) + strings.Repeat("й", 28),
}

// matching is a customer whose data match a password as often as possible.
func matching(password string) Personal {
	var parts strings.Builder
	for i := 0; parts.Len() < 200; i++ {
		parts.WriteString(password[:min(len(password), 3+i)])
		parts.WriteByte("._-+"[i%4])
	}
	return Personal{
		FirstName: password[:50],
		LastName:  strings.Repeat(password[:4]+"-", 10),
		Email:     parts.String()[:190] + "@" + strings.Repeat(password[:3]+".", 15) + "com",
		Phone:     "+111111111111111",
		BirthDate: "1111-11-11",
	}
}

// forking is a customer whose data can be read in many ways from a password of
// ones.
func forking() Personal {
	rng := newRand(7)
	letters := func(number int) string {
		b := make([]byte, number)
		for i := range b {
			b[i] = one(rng, "il1.")[0]
		}
		return string(b)
	}
	return Personal{FirstName: letters(50), LastName: letters(50), Email: letters(64) + "@" + letters(190)}
}

func BenchmarkJudgeWorst(b *testing.B) {
	s := newScorer(b)
	judge := func(name, password string, about Personal) {
		b.Run(name, func(b *testing.B) {
			p := []byte(password)
			b.ReportAllocs()
			for b.Loop() {
				s.Judge(p, about)
			}
		})
	}
	for name, password := range hostile {
		judge(name, password, matching(password))
	}
	judge("one-digit-forking", hostile["one-digit"], forking())
	judge("leet-forking", hostile["leet"], forking())
	judge("drawn", strings.Repeat(`|\|/\|)()|<vv#`, 3)[:mostReread], forking())
}

// BenchmarkUnpack shows what the first call of New costs.
func BenchmarkUnpack(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := unpack(packedWords); err != nil {
			b.Fatal(err)
		}
	}
}
