package validation

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/secure/precis"

	"github.com/customergate/customergate/internal/race"
)

var identifiers = precis.NewIdentifier()

// agrees compares what is said of a label with PRECIS, whose identifier class (RFC 8264)
// has the code points of IDNA2008 and its rules of context, but for the blocks of section
// 2.7 of RFC 5892.
func agrees(t *testing.T, label string) {
	t.Helper()
	if _, err := registration.ToUnicode(label); err != nil || strings.ContainsFunc(label, isForSymbols) {
		return
	}
	_, err := identifiers.String(label)
	if got := isRegistrable([]rune(label)); got != (err == nil) {
		t.Errorf("%+q: %v, but PRECIS says %v", label, got, err)
	}
}

func isForSymbols(r rune) bool { return r >= 0x20D0 && r <= 0x20FF || r >= 0x1D100 && r <= 0x1D24F }

func TestCodePointsAgreeWithPRECIS(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r += race.Share {
		agrees(t, "a"+string(r))
	}
}

func TestContextsAgreeWithPRECIS(t *testing.T) {
	const letters = "al1\u00b7\u0375\u05f3\u05f4\u30fb\u0661\u06f1\u200c\u200d\u03b1\u05d0\u30a2\u3042\u4e00\u0628\u062f\u0621\u064e\u0915\u094d\u093e\ua872\u1820\u0301"
	runes := []rune(letters)
	label := make([]rune, 4)
	var fill func(at int)
	fill = func(at int) {
		if at > 0 {
			agrees(t, string(label[:at]))
		}
		if at == len(label) {
			return
		}
		for _, r := range runes {
			label[at] = r
			fill(at + 1)
		}
	}
	fill(0)
}

// Every letter and mark beside a joiner is judged as PRECIS does, but for the marks of two
// scripts, which it does not know to be transparent (Joining_Type T) before a joiner.
func TestJoinersAgreeWithPRECIS(t *testing.T) {
	class := precis.NewFreeform()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) || isInvisible(r) || unicode.IsMark(r) && unicode.In(r, unicode.Hebrew, unicode.Greek) {
			continue
		}
		for _, pattern := range []string{"*\u200c\u0628", "\u0628\u200c*", "*\u200d", "\u0628*\u200c\u0628", "\u0628\u200c*\u0628"} {
			text := strings.ReplaceAll(pattern, "*", string(r))
			_, err := class.String(text)
			if got := joinersFit(text); got != (err == nil) {
				t.Errorf("%+q: %v, but PRECIS says %v", text, got, err)
			}
		}
	}
}
