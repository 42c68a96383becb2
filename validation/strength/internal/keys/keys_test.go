package keys

import "testing"

func TestAppend(t *testing.T) {
	for text, want := range map[string]string{
		"пароль": "gfhjkm", "собака": "cj,frf", "привіт": "ghbdsn", "ёж": "`;", "κωδικος": "kvdikow", "κωδικός": "kvdik;ow", "שלום": "akuo",
		"مرحبا": "lvpfh", "안녕": "dkssud", "비밀번호": "qlalfqjsgh", "값": "rkqt", "까": "Rk", "สวัสดี": "l;ylfu", "ครอบครัว": "8iv[8iy;",
		"さくら": "sakura", "サクラ": "sakura", "パスワード": "pasuwado", "とうきょう": "toukyou", "しゃしん": "shashin", "じゅうよう": "juuyou", "ひゃく": "hyaku", "がっこう": "gakkou", "ティファニー": "tifani", "a": "", "漢": "", "1": "",
	} {
		var got []rune
		for _, r := range text {
			got, _ = Append(got, r)
		}
		if string(got) != want {
			t.Errorf("%s is typed %q, not %q", text, string(got), want)
		}
	}
}

func TestPlain(t *testing.T) {
	for r, want := range map[rune]rune{
		'ё': 'е', 'й': 'й', 'ї': 'ї', 'ґ': 'г', 'ά': 'α', 'ΐ': 'ι', 'ς': 'σ', 'ἄ': 'α', 'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ى': 'ي', 'ی': 'ي',
		'ة': 'ه', 'ک': 'ك', 'サ': 'さ', 'さ': 'さ', 'ｻ': 'さ', 'a': 'a', 'é': 'é', '漢': '漢', 'ー': 'ー', 'ש': 'ש',
	} {
		if got := Plain(r); got != want {
			t.Errorf("%c becomes %c, not %c", r, got, want)
		}
	}
}

func TestIsMark(t *testing.T) {
	for r, want := range map[rune]bool{0x0301: true, 0x05B8: true, 0x064E: true, 'ـ': true, 'ء': true, 'e': false, 'ا': false, 'ー': false, 0x093F: false} {
		if IsMark(r) != want {
			t.Errorf("%U: %t", r, !want)
		}
	}
}
