package validation_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/customergate/customergate/validation"
)

func TestNames(t *testing.T) {
	cases := []fieldCase{
		{name: "of two letters", sent: "Bo"},
		{name: "of fifty letters", sent: strings.Repeat("o", 50)},
		{name: "with a hyphen", sent: "Anne-Marie"},
		{name: "with a space", sent: "Mary Ann"},
		{name: "beginning with an apostrophe", sent: "'t Hooft"},
		{name: "ending with an apostrophe", sent: "Hawai'"},
		{name: "with a typewriter apostrophe", sent: "O'Brien"},
		{name: "with a typographic apostrophe", sent: "O’Brien", forwarded: "O'Brien"},
		{name: "with a modifier letter apostrophe", sent: "Oʼzbek", forwarded: "O'zbek"},
		{name: "between blanks", sent: "  Excel ", forwarded: "Excel"},
		{name: "with a run of blanks", sent: "Mary   Ann", forwarded: "Mary Ann"},
		{name: "of lower case", sent: "van der berg"},
		{name: "whose blanks count before they are joined", sent: "A" + strings.Repeat(" ", 48) + "B", forwarded: "A B"},
		{name: "of one letter and a hyphen", sent: "A-"},
		{name: "decomposed, of fifty letters when composed", sent: strings.Repeat("e\u0301", 50), forwarded: strings.Repeat("é", 50)},
		{name: "of the longest decompositions", sent: strings.Repeat("\u03b1\u0313\u0300\u0345", 50), forwarded: strings.Repeat("\u1f82", 50)},
		{name: "with a singleton", sent: "\u212bngstr\u00f6m", forwarded: "\u00c5ngstr\u00f6m"},
		{name: "that composition makes longer", sent: strings.Repeat("\u0958", 25), forwarded: strings.Repeat("\u0915\u093c", 25)},

		{name: "of one letter", sent: "X", codes: refused("name_length")},
		{name: "of one letter between blanks", sent: " X  ", codes: refused("name_length")},
		{name: "of one letter and its accent", sent: "e\u0301", codes: refused("name_length")},
		{name: "of 51 letters", sent: strings.Repeat("o", 51), codes: refused("name_length")},
		{name: "of 51 code points after composition", sent: strings.Repeat("\u0958", 25) + "\u0915", codes: refused("name_length")},
		{name: "of blanks", sent: "   ", codes: refused("name_length", "name_characters")},
		{name: "of hyphens", sent: "--", codes: refused("name_characters")},
		{name: "of apostrophes", sent: "''", codes: refused("name_characters")},
		{name: "of modifier letter apostrophes", sent: "ʼʼ", codes: refused("name_characters")},
		{name: "beginning with a mark", sent: "\u0301Eva", codes: refused("name_characters")},
		{name: "with a mark on a blank", sent: "Eva \u0301", codes: refused("name_characters")},
		{name: "with a mark on a hyphen", sent: "Eva-\u0301", codes: refused("name_characters")},
		{name: "with a mark on an apostrophe", sent: "O'\u0301Brien", codes: refused("name_characters")},
		{name: "with a digit", sent: "Excel2", codes: refused("name_characters")},
		{name: "with an Arabic digit", sent: "محمد٢", codes: refused("name_characters")},
		{name: "with a letter number", sent: "Henry Ⅷ", codes: refused("name_characters")},
		{name: "with a full stop", sent: "Dr. Who", codes: refused("name_characters")},
		{name: "with an underscore", sent: "Anne_Marie", codes: refused("name_characters")},
		{name: "with a comma", sent: "Smith, John", codes: refused("name_characters")},
		{name: "with a slash", sent: "A/B", codes: refused("name_characters")},
		{name: "with a left quotation mark", sent: "O‘Brien", codes: refused("name_characters")},
		{name: "with a grave accent", sent: "O`Brien", codes: refused("name_characters")},
		{name: "with an acute accent", sent: "O´Brien", codes: refused("name_characters")},
		{name: "with a Hebrew punctuation mark", sent: "צ׳רלי", codes: refused("name_characters")},
		{name: "with a typographic hyphen", sent: "Anne‐Marie", codes: refused("name_characters")},
		{name: "with a dash", sent: "Anne–Marie", codes: refused("name_characters")},
		{name: "with a no-break space", sent: "Mary\u00a0Ann", codes: refused("name_characters")},
		{name: "with an ideographic space", sent: "山田\u3000太郎", codes: refused("name_characters")},
		{name: "with an em quad", sent: "Mary\u2001Ann", codes: refused("name_characters")},
		{name: "with a tab", sent: "Mary\tAnn", codes: refused("characters", "name_characters")},
		{name: "with a line break", sent: "Mary\nAnn", codes: refused("characters", "name_characters")},
		{name: "with a NUL", sent: "Mary\x00", codes: refused("characters", "name_characters")},
		{name: "with a middle dot", sent: "Gal·la", codes: refused("name_characters")},
		{name: "with an emoji", sent: "Eva😀", codes: refused("name_characters")},
		{name: "with a replacement character", sent: "Eva\ufffd", codes: refused("name_characters")},
		{name: "of a private use character", sent: "Eva\ue000", codes: refused("name_characters")},
		{name: "of an unassigned character", sent: "Eva\u0378", codes: refused("name_characters")},
		{name: "with a prolonged sound mark", sent: "ケーシー"},
		{name: "with an okina", sent: "Kaʻiulani"},
		{name: "with a raised letter", sent: "Mª Dolores"},
		{name: "with an iteration mark", sent: "佐々木"},
		{name: "of one letter and a modifier letter", sent: "aʻ"},
		{name: "beginning with an okina", sent: "ʻOno"},
		{name: "of prolonged sound marks", sent: "ーー", codes: refused("name_characters")},
		{name: "of half-width ones", sent: "ｰｰ", codes: refused("name_characters")},
		{name: "of raised letters", sent: "ªª", codes: refused("name_characters")},
		{name: "of raised letters, masculine", sent: "ºª", codes: refused("name_characters")},
		{name: "of okinas", sent: "ʻʻ", codes: refused("name_characters")},
		{name: "of modifier letters with a mark", sent: "ˀ\u0301ʰ", codes: refused("name_characters")},
		{name: "of superscripts", sent: "ᵃᵇ", codes: refused("name_characters")},
		{name: "of subscripts", sent: "ₐₑ", codes: refused("name_characters")},
		{name: "of iteration marks", sent: "々々", codes: refused("name_characters")},
		{name: "of tatweels", sent: "ــ", codes: refused("name_characters")},
		{name: "of Thai repetition marks", sent: "ๆๆ", codes: refused("name_characters")},
		{name: "of mathematical letters", sent: "𝐀𝐝𝐚", codes: refused("name_characters")},
		{name: "of modifier letters and hyphens", sent: "ー-ー", codes: refused("name_characters")},
		{name: "with markup", sent: "<b>Eva</b>", codes: refused("name_characters")},
	}
	for _, field := range []string{"firstName", "lastName"} {
		t.Run(field, func(t *testing.T) { runFieldCases(t, gate{}, field, cases) })
	}
}

// Each name arrives decomposed and leaves composed.
func TestNamesOfEveryScript(t *testing.T) {
	names := []struct{ script, name string }{
		{"Latin", "Zoë"},
		{"Vietnamese", "Nguyễn Thị Hường"},
		{"Yoruba, with marks that have no composed form", "Ọ̀ṣọ́"},
		{"Polish", "Łukasz Żółć"},
		{"Turkish", "İbrahim Işık"},
		{"Icelandic", "Þórður Æ"},
		{"Navajo", "Nizhóní Dinétsoh"},
		{"Greek", "Αλέξανδρος"},
		{"polytonic Greek", "ᾂνθος"},
		{"Cyrillic", "Сергій Йовић"},
		{"Armenian", "Գրիգոր Ղարիբյան"},
		{"Georgian", "გიორგი"},
		{"Georgian capitals", "ᲒᲘᲝᲠᲒᲘ"},
		{"Cherokee", "ᏍᏏᏉᏯ"},
		{"Cherokee small letters", "Ꮝꮟꮙꮿ"},
		{"Arabic", "محمد عبد الله"},
		{"vocalised Arabic", "مُحَمَّد"},
		{"Arabic with hamza", "أحمد إبراهيم"},
		{"Persian", "ژاله گلی"},
		{"Urdu", "ٹیپو سلطان"},
		{"Hebrew", "יוסף כהן"},
		{"pointed Hebrew", "שִׁמְעוֹן"},
		{"Syriac", "ܝܘܚܢܢ"},
		{"Thaana", "މުޙައްމަދު"},
		{"N'Ko", "ߛߏߟߏߡߊߣߊ߫ ߞߊ߲ߕߍ"},
		{"Ethiopic", "አበበ ቢቂላ"},
		{"Tifinagh", "ⴰⵎⴰⵣⵉⵖ"},
		{"Vai", "ꔞꘋꕔ"},
		{"Adlam", "𞤀𞤣𞤤𞤢𞤥"},
		{"Osmanya", "𐒋𐒘𐒈𐒑𐒛𐒒"},
		{"Devanagari", "श्रीनिवास क़ुरैशी"},
		{"Bengali", "রবীন্দ্রনাথ ঠাকুর"},
		{"Gurmukhi", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ"},
		{"Gujarati", "નરેન્દ્ર"},
		{"Odia", "ଜଗନ୍ନାଥ"},
		{"Tamil", "ஜெயலலிதா கௌரி"},
		{"Telugu", "వేంకటేశ్వర్లు"},
		{"Kannada", "ಕೃಷ್ಣಮೂರ್ತಿ"},
		{"Malayalam", "ശ്രീകുമാർ"},
		{"Sinhala", "සිරිමාවෝ"},
		{"Thai", "สมชาย ใจดี"},
		{"Lao", "ສົມສັກ"},
		{"Tibetan", "བསྟན"},
		{"Burmese", "အောင်ဆန်း"},
		{"Khmer", "សុខា"},
		{"Mongolian", "ᠪᠠᠲᠤ"},
		{"Han", "毛泽东"},
		{"Han beyond the basic plane", "𠮷田"},
		{"Japanese", "やまだ ガギグ"},
		{"prolonged katakana", "スーザン"},
		{"Hangul", "김민수"},
		{"Bopomofo", "ㄅㄆㄇ"},
		{"Yi", "ꆈꌠ"},
		{"Canadian syllabics", "ᐊᓪᓚ ᐃᓄᒃ"},
		{"Javanese", "ꦱꦸꦏꦂꦤꦺꦴ"},
		{"Hanifi Rohingya", "𐴌𐴟𐴇𐴥"},
	}
	for _, n := range names {
		t.Run(n.script, func(t *testing.T) {
			composed := norm.NFC.String(n.name)
			for form, sent := range map[string]string{"composed": composed, "decomposed": norm.NFD.String(n.name)} {
				s := gate{}.judge(t, valid.withText("lastName", sent).body())
				if got := forward(t, s)["lastName"]; got != composed {
					t.Errorf("%s %+q: forwarded %+q, want %+q", form, sent, got, composed)
				}
			}
		})
	}
}

// Invisible characters would let two names look the same, or one look empty.
func TestNamesOfWhatCannotBeSeen(t *testing.T) {
	for _, c := range []struct {
		name string
		r    rune
	}{
		{"soft hyphen", 0xAD},
		{"combining grapheme joiner", 0x34F},
		{"Arabic letter mark", 0x61C},
		{"Hangul choseong filler", 0x115F},
		{"Hangul jungseong filler", 0x1160},
		{"Hangul filler", 0x3164},
		{"halfwidth Hangul filler", 0xFFA0},
		{"Khmer inherent vowel AQ", 0x17B4},
		{"Khmer inherent vowel AA", 0x17B5},
		{"Mongolian variation selector 1", 0x180B},
		{"Mongolian vowel separator", 0x180E},
		{"Mongolian variation selector 4", 0x180F},
		{"zero width space", 0x200B},
		{"zero width non-joiner", 0x200C},
		{"zero width joiner", 0x200D},
		{"left-to-right mark", 0x200E},
		{"right-to-left override", 0x202E},
		{"word joiner", 0x2060},
		{"first strong isolate", 0x2068},
		{"Braille blank", 0x2800},
		{"variation selector 1", 0xFE00},
		{"variation selector 16", 0xFE0F},
		{"byte order mark", 0xFEFF},
		{"Khitan small script filler", 0x16FE4},
		{"Egyptian full blank", 0x13441},
		{"Egyptian half blank", 0x13442},
		{"musical begin beam", 0x1D173},
		{"language tag", 0xE0001},
		{"tag space", 0xE0020},
		{"variation selector 17", 0xE0100},
		{"variation selector 256", 0xE01EF},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := gate{}.judge(t, valid.withText("firstName", "E"+string(c.r)+"va").body())
			expect(t, s, "/firstName name_characters")
		})
	}
}

// defaultIgnorable is Default_Ignorable_Code_Point of Unicode's
// DerivedCoreProperties.
var defaultIgnorable = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00AD, Hi: 0x00AD, Stride: 1}, {Lo: 0x034F, Hi: 0x034F, Stride: 1}, {Lo: 0x061C, Hi: 0x061C, Stride: 1},
		{Lo: 0x115F, Hi: 0x1160, Stride: 1}, {Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, {Lo: 0x180B, Hi: 0x180F, Stride: 1},
		{Lo: 0x200B, Hi: 0x200F, Stride: 1}, {Lo: 0x202A, Hi: 0x202E, Stride: 1}, {Lo: 0x2060, Hi: 0x206F, Stride: 1},
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, {Lo: 0xFE00, Hi: 0xFE0F, Stride: 1}, {Lo: 0xFEFF, Hi: 0xFEFF, Stride: 1},
		{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, {Lo: 0xFFF0, Hi: 0xFFF8, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1BCA0, Hi: 0x1BCA3, Stride: 1}, {Lo: 0x1D173, Hi: 0x1D17A, Stride: 1}, {Lo: 0xE0000, Hi: 0xE0FFF, Stride: 1},
	},
}

// blanks are letters and marks that show nothing and yet are not
// default-ignorable.
var blanks = []rune{0x13441, 0x13442, 0x16FE4}

// nameFindings tells what the rule finds in one name, without the work of the
// other rules' secrets.
func nameFindings(t *testing.T, name string) []string {
	t.Helper()
	s, err := validation.RegisterCustomer.Read(valid.withText("firstName", name).body())
	if err != nil {
		t.Fatal(err)
	}
	s.Check(defaultRules(), validation.Facts{Now: today, PlaintextAllowed: true})
	return findings(s.Violations())
}

func TestNamesOfEveryLetterAndMark(t *testing.T) {
	var name strings.Builder
	held, count := 0, 0
	flush := func() {
		if found := nameFindings(t, name.String()); len(found) > 0 {
			t.Errorf("%+q: %q", name.String(), found)
		}
		name.Reset()
		held = 0
	}
	for r := range unicode.MaxRune {
		if !unicode.In(r, unicode.L, unicode.M) || unicode.Is(defaultIgnorable, r) || slices.Contains(blanks, r) {
			continue
		}
		name.WriteRune('x')
		name.WriteRune(r)
		count++
		if held++; held == 10 {
			flush()
		}
	}
	flush()
	if count < 130_000 {
		t.Errorf("only %d letters and marks", count)
	}
}

func TestNamesOfEveryOtherCodePoint(t *testing.T) {
	accepted := ""
	for r := rune(0); r <= unicode.MaxRune; r++ {
		other := unicode.In(r, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, defaultIgnorable)
		if (other || slices.Contains(blanks, r)) && len(nameFindings(t, "x"+string(r)+"y")) == 0 {
			accepted += string(r)
		}
	}
	if want := " '-’"; accepted != want {
		t.Errorf("accepted %+q, want %+q", accepted, want)
	}
}

// An operator can add punctuation to what a name may have, from a list.
func TestNamePunctuation(t *testing.T) {
	with := func(list ...string) gate {
		return gate{rules: compile(t, func(p *validation.Policy) { p.NamePunctuation = list })}
	}
	runFieldCases(t, with(".", "·", "・"), "firstName", []fieldCase{
		{name: "with a full stop", sent: "Jr. John"},
		{name: "with two", sent: "J. R. R."},
		{name: "with a middle dot", sent: "Gal·la"},
		{name: "with Greek's middle dot, which NFC makes one", sent: "Gal\u0387la", forwarded: "Gal·la"},
		{name: "with a katakana middle dot", sent: "ジョン・スミス"},
		{name: "with a mark on punctuation", sent: "Jr.\u0301", codes: refused("name_characters")},
		{name: "of punctuation alone", sent: "..", codes: refused("name_characters")},
		{name: "with what was not added", sent: "Smith, John", codes: refused("name_characters")},
		{name: "with a half-width one that was not added", sent: "ｼﾞｮﾝ･ｽﾐｽ", codes: refused("name_characters")},
	})
	for _, char := range strings.Split(validation.NamePunctuationChoices, "") {
		runFieldCases(t, with(char), "lastName", []fieldCase{{name: "with " + char, sent: "Ab" + char + "Cd"}})
		runFieldCases(t, gate{}, "lastName", []fieldCase{{name: "without " + char, sent: "Ab" + char + "Cd", codes: refused("name_characters")}})
		runFieldCases(t, with(char), "lastName", []fieldCase{{name: "with a mark on " + char, sent: "Ab" + char + "\u0301", codes: refused("name_characters")}})
	}
	got := with(".", "·").judge(t, valid.withText("firstName", "A/B").body()).Violations()[0].Message
	if want := "A name must have letters, and may have spaces, hyphens, apostrophes and . · besides."; got != want {
		t.Errorf("the message is %q", got)
	}
}

func FuzzName(f *testing.F) {
	for _, seed := range []string{
		"", "Bo", "  Mary   Ann ", "O’Brien", "Oʼzbek", "e\u0301\u0323va", "\u1112\u1161\u11ab", "\u0958\u0958", "A\u200dB",
		strings.Repeat("e\u0301", 50), strings.Repeat("\u03b1\u0313\u0300\u0345", 51), "\u0301x", "\uFB2C\u0F43", "x' \u02bc",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		if !utf8.ValidString(sent) {
			return
		}
		s := gate{}.judge(t, valid.withText("firstName", sent).body())
		if len(s.Violations()) > 0 {
			return
		}
		name := s.Text("firstName")
		if !norm.NFC.IsNormalString(name) {
			t.Errorf("%+q is not in NFC", name)
		}
		if strings.Trim(name, " ") != name || strings.Contains(name, "  ") || strings.ContainsAny(name, "’ʼ") {
			t.Errorf("%+q is not normalised", name)
		}
		if n := utf8.RuneCountInString(name); n < 2 || n > 50 {
			t.Errorf("%+q has %d code points", name, n)
		}
		again := gate{}.judge(t, valid.withText("firstName", name).body())
		if expect(t, again); again.Text("firstName") != name {
			t.Errorf("%+q became %+q", name, again.Text("firstName"))
		}
	})
}
