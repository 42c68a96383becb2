package attempts

import "testing"

// TestFoldAccount: spellings that some database finds one account by are one account.
func TestFoldAccount(t *testing.T) {
	const want = "test.it@x.com"
	for name, account := range map[string]string{
		"itself":        "test.it@x.com",
		"capitals":      "TEST.IT@X.COM",
		"long s":        "te\u017ft.it@x.com",
		"Kelvin":        "test.it@x.com",
		"accent":        "tést.it@x.com",
		"combining":     "te\u0301st.it@x.com",
		"full width":    "ｔｅｓｔ.it@x.com",
		"full width @":  "test.it\uff20x.com",
		"soft hyphen":   "te\u00adst.it@x.com",
		"zero width":    "te\u200bst.it@x.com",
		"joiner":        "te\u200dst.it@x.com",
		"direction":     "\u202etest.it@x.com",
		"selector":      "test\ufe0f.it@x.com",
		"Hangul filler": "te\u115fst.it@x.com",
		"dotless i":     "test.\u0131t@x.com",
		"dotted I":      "test.\u0130t@x.com",
		"script":        "𝓽𝓮𝓼𝓽.it@x.com",
		"circled":       "ⓣⓔⓢⓣ.it@x.com",
		"ordinal":       "test.it@x.c\u00bam",
		"blanks":        " test.it@x.com\u3000",
		"dot behind":    "test.it@x.com.",
		"dot of width":  "test.it@x.com．",
	} {
		if got := foldAccount(account); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if sharp, double := foldAccount("großmann@x.com"), foldAccount("GROSSMANN@x.com"); sharp != double {
		t.Errorf("%q and %q are two", sharp, double)
	}
	for _, other := range []string{"testit@x.com", "test.it@y.com", "test.it+a@x.com", "test.i@x.com"} {
		if foldAccount(other) == want {
			t.Errorf("%q is taken for %q", other, want)
		}
	}
}
