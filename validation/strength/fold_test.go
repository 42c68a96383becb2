package strength

import "testing"

func TestFold(t *testing.T) {
	for from, want := range map[rune]rune{
		'a': 'a', 'Z': 'z', '7': '7', '@': '@',
		'É': 'e', 'ç': 'c', 'ǅ': 'ǆ', 'Å': 'a', 'K': 'k', 'Ł': 'l', 'ß': 's', 'ẞ': 's', 'Ø': 'o', 'ı': 'i', 'İ': 'i', 'ệ': 'e', 'Ử': 'u',
		'Ж': 'ж', 'Σ': 'σ', 'Ａ': 'a', '９': '9', '！': '!', '×': '×', 'ƿ': 'ƿ', '漢': '漢', 0x1F600: 0x1F600,
	} {
		if got := fold(from); got != want {
			t.Errorf("%q becomes %q, not %q", from, got, want)
		}
	}
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	for r := rune(0); r < 0x20000; r++ {
		if once := fold(r); fold(once) != once {
			t.Errorf("%U becomes %U, then %U", r, once, fold(once))
		}
	}
}
