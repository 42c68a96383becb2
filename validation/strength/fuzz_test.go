package strength

import (
	"bytes"
	"slices"
	"testing"
	"unicode/utf8"
)

func FuzzJudge(f *testing.F) {
	for _, password := range []string{
		"", "Summer2025!", "xK9#mQ2$vLp7", "Katherine1985!", "8McrftFps#2", "3.7.1985", "pàsswörd\u0301", "\xff\xfe", "2k15jan31",
		"Ppaasswwoorrdd1!", "Пароль123!Aa", "パスワード1!Aa", "Cj,frf2024!A", "²&é\"'(-è_çàAa1!", "비밀번호1!Aa", "Action#native#morale2",
	} {
		f.Add([]byte(password), customer.FirstName, customer.LastName, customer.Email, customer.Phone, customer.BirthDate)
	}
	for _, password := range hostile {
		m := matching(password)
		f.Add([]byte(password), m.FirstName, m.LastName, m.Email, m.Phone, m.BirthDate)
	}
	s := newScorer(f)
	f.Fuzz(func(t *testing.T, password []byte, first, last, email, phone, birth string) {
		about := Personal{FirstName: first, LastName: last, Email: email, Phone: phone, BirthDate: birth}
		original := bytes.Clone(password)
		v := s.Judge(password, about)

		if !bytes.Equal(password, original) {
			t.Error("the password has been changed")
		}
		if most := min(utf8.RuneCount(password), maxChars); v.Points < 0 || v.Points > most {
			t.Errorf("%d points for %d characters", v.Points, most)
		}
		if v.Enough != (v.Points >= DefaultMinPoints) {
			t.Errorf("%+v", v)
		}
		if v.Enough && (v.Personal || v.Kinds != nil) {
			t.Errorf("enough, and yet %+v", v)
		}
		if v.Personal != slices.ContainsFunc(v.Kinds, Kind.personal) {
			t.Errorf("personal or not: %+v", v)
		}
		if !slices.IsSorted(v.Kinds) || slices.Contains(v.Kinds, plain) || len(slices.Compact(slices.Clone(v.Kinds))) != len(v.Kinds) {
			t.Errorf("kinds: %v", v.Kinds)
		}
		if again := s.Judge(password, about); again.Points != v.Points || !slices.Equal(again.Kinds, v.Kinds) {
			t.Errorf("%+v, then %+v", v, again)
		}
		own, stranger := s.judgeByRule(password, &about), s.judgeByRule(password, &Personal{})
		if own.cost.points() > stranger.cost.points() {
			t.Errorf("%d points for the customer, %d for a stranger", own.cost.points(), stranger.cost.points())
		}
	})
}
