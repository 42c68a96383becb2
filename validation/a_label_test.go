package validation_test

import (
	"strings"
	"testing"

	"golang.org/x/net/idna"
)

// Domains of the kinds that exist: of many scripts, with digits and hyphens, with
// the deviations ß and ς, and with the joiners that Persian and Sinhala spell with.
func TestEmailsOfInternationalisedDomains(t *testing.T) {
	labels := []string{
		"bücher", "straße", "βόλος", "россия", "рф", "қаз", "հայ", "გე", "ישראל", "ایران", "عمان", "پاکستان", "بھارت", "مليسيا", "سودان",
		"भारत", "ভারত", "বাংলা", "ਭਾਰਤ", "ભારત", "ଭାରତ", "இந்தியா", "சிங்கப்பூர்", "భారత్", "ಭಾರತ", "ഭാരതം", "ලංකා", "ไทย", "ລາວ",
		"中国", "中國", "香港", "新加坡", "台湾", "みんな", "コム", "한국", "ευ", "ею", "ελ", "укр", "срб", "мкд", "бел", "бг", "мон",
		"a-ü", "ü-1", "nice-看", "نامه\u200cای", "ශ්\u200dරී", "क्\u200dष", "l·l", "カ・カ", "٣ب", "ب٣", "1ü", "ü--a", "a--ü",
	}
	for _, label := range labels {
		ascii, err := idna.Punycode.ToASCII(label)
		if err != nil {
			t.Fatal(err)
		}
		for _, domain := range []string{ascii + ".example", "www." + ascii + ".com", "example." + ascii} {
			if label == "٣ب" { // no label of the right-to-left scripts begins with a digit
				expect(t, gate{}.judge(t, valid.withText("email", "eva@"+domain).body()), "/email email_format")
				continue
			}
			for _, sent := range []string{"eva@" + domain, "eva@" + strings.ToUpper(domain)} {
				s := gate{}.judge(t, valid.withText("email", sent).body())
				if expect(t, s); s.Text("email") != "eva@"+domain {
					t.Errorf("%s (%s) became %q", sent, label, s.Text("email"))
				}
			}
		}
	}
}

func TestEmailsOfLabelsThatAreNoALabels(t *testing.T) {
	for name, label := range map[string]string{
		"nothing encoded":                     "xn--",
		"a digit":                             "xn--0",
		"a hyphen":                            "xn---",
		"ASCII alone":                         "xn--abc-",
		"ASCII alone, with hyphens":           "xn--a-b-",
		"an overflow":                         "xn--99999999999",
		"what ends too early":                 "xn--bcher-kv",
		"no Punycode":                         "xn--b-----",
		"a surrogate":                         punycode(0xD800),
		"beyond Unicode":                      "xn--0000000000a",
		"an upper-case letter":                punycode('Ü'),
		"a full-width letter":                 punycode('ａ'),
		"a ligature":                          punycode('ﬁ'),
		"a decomposed letter":                 "xn--" + must(idna.Punycode.ToASCII("bu\u0308cher"))[4:],
		"a mark first":                        punycode(0x0301, 'ü'),
		"a mark for symbols":                  punycode('a', 0x20D0),
		"a mark for notes":                    punycode('a', 0x1D167),
		"a heart":                             punycode('i', '❤'),
		"a snowman":                           punycode('☃'),
		"an emoji":                            punycode('😀'),
		"a dash":                              punycode('a', '–', 'ü'),
		"a blank":                             punycode('a', ' ', 'ü'),
		"a no-break space":                    punycode('a', 0xA0, 'b'),
		"a full stop":                         punycode('a', '.', 'ü'),
		"an at sign":                          punycode('ü', '@'),
		"an underscore":                       punycode('ü', '_'),
		"a hyphen first":                      punycode('-', 'ü'),
		"a hyphen last":                       punycode('ü', '-'),
		"hyphens where a prefix has them":     punycode('ü', 'a', '-', '-', 'b'),
		"a control character":                 punycode('ü', 0x85),
		"a zero-width space":                  punycode('ü', 0x200B),
		"a soft hyphen":                       punycode('ü', 0xAD),
		"an unassigned code point":            punycode(0x0378),
		"a private one":                       punycode(0xE000),
		"a non-joiner between Latin letters":  punycode('a', 0x200C, 'b'),
		"a joiner without virama":             punycode('ක', 0x200D, 'ර'),
		"a middle dot not between l":          punycode('a', '·', 'l'),
		"a katakana middle dot between Latin": punycode('a', '・', 'b'),
		"a geresh without Hebrew":             punycode('a', '׳'),
		"a keraia without Greek":              punycode('͵', 'a'),
		"digits of two Arabic scripts":        punycode('ب', '٣', '۳'),
		"left-to-right in right-to-left":      punycode('ب', 'a'),
		"right-to-left ending in a hyphen":    punycode('ب', '-', 'a', 'ب'),
		"an Arabic tatweel":                   punycode('ب', 'ـ', 'ب'),
		"a Hangul jamo":                       punycode(0x1112, 0x1161, 0x11AB),
		"a variation selector":                punycode('葛', 0xFE00),
	} {
		t.Run(name, func(t *testing.T) {
			for _, domain := range []string{label + ".com", "example." + label, strings.ToUpper(label) + ".example", "a." + label + ".b.com"} {
				expect(t, gate{}.judge(t, valid.withText("email", "eva@"+domain).body()), "/email email_format")
			}
		})
	}
}

func must(label string, err error) string {
	if err != nil {
		panic(err)
	}
	return label
}

// punycode writes code points as a label, whether it may be one or not (RFC 3492,
// section 6.3).
func punycode(codePoints ...rune) string {
	const base, tMin, tMax, skew, damp = 36, 1, 26, 38, 700
	digit := func(d int) byte { return "abcdefghijklmnopqrstuvwxyz0123456789"[d] }
	out := []byte{}
	for _, r := range codePoints {
		if r < 0x80 {
			out = append(out, byte(r))
		}
	}
	handled, basic := len(out), len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(0x80), 0, 72
	for handled < len(codePoints) {
		next := rune(1 << 30)
		for _, r := range codePoints {
			if r >= n {
				next = min(next, r)
			}
		}
		delta += int(next-n) * (handled + 1)
		n = next
		for _, r := range codePoints {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			q := delta
			for k := base; ; k += base {
				threshold := min(max(k-bias, tMin), tMax)
				if q < threshold {
					break
				}
				out = append(out, digit(threshold+(q-threshold)%(base-threshold)))
				q = (q - threshold) / (base - threshold)
			}
			out = append(out, digit(q))
			// adapt
			if handled == basic {
				delta /= damp
			} else {
				delta /= 2
			}
			delta += delta / (handled + 1)
			k := 0
			for delta > (base-tMin)*tMax/2 {
				delta /= base - tMin
				k += base
			}
			bias = k + (base-tMin+1)*delta/(delta+skew)
			delta = 0
			handled++
		}
		delta++
		n++
	}
	return "xn--" + string(out)
}
