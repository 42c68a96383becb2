package languages_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

func TestNegotiation(t *testing.T) {
	speaker, err := (&languages.Languages{Default: "de"}).Speaker()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		header []string
		want   string
	}{
		{"no header", nil, "de"},
		{"empty", []string{""}, "de"},
		{"a language", []string{"fr"}, "fr"},
		{"in any case", []string{"FR"}, "fr"},
		{"of a country", []string{"fr-CA"}, "fr"},
		{"with a script", []string{"zh-Hans-CN"}, "zh"},
		{"of another script", []string{"zh-TW"}, "zh"},
		{"of another country than most", []string{"pt-PT, en;q=0.5"}, "pt"},
		{"as Chrome sends it", []string{"es-MX,es;q=0.9,en;q=0.8"}, "es"},
		{"the best liked is not the first", []string{"en;q=0.5, hi;q=0.9"}, "hi"},
		{"the best liked is not spoken", []string{"ja, fr;q=0.4"}, "fr"},
		{"none is spoken", []string{"ja, ko;q=0.4"}, "de"},
		{"anything", []string{"*"}, "de"},
		{"anything, but rather", []string{"ar, *;q=0.1"}, "ar"},
		{"refused", []string{"fr;q=0, es;q=0.1"}, "es"},
		{"all refused", []string{"en;q=0"}, "de"},
		{"close to one that is spoken", []string{"gl"}, "es"},
		{"blanks", []string{" en ; q=0.1 , ar "}, "ar"},
		{"two lines", []string{"ja", "ar;q=0.5"}, "ar"},
		{"a language that nobody knows, beside one", []string{"xx, fr"}, "fr"},
		{"not a language", []string{"fr, ;;;"}, "de"},
		{"a quality that is none", []string{"fr;q=x"}, "de"},
		{"control characters", []string{"fr\x00"}, "de"},
		{"too long", []string{"fr, " + strings.Repeat("e", 600)}, "de"},
		{"too many", []string{"fr" + strings.Repeat(",en", 40)}, "de"},
		{"a subtag without end", []string{"fr-" + strings.Repeat("x-", 200)}, "de"},
	} {
		if got := speaker.Choose(c.header).Tag; got != c.want {
			t.Errorf("%s: %q is answered in %s, not %s", c.name, c.header, got, c.want)
		}
	}
}

func TestArabicHasSixForms(t *testing.T) {
	tongue := choose(t, "ar")
	for n, want := range map[int]string{
		0:   "لم يُرفض أي حقل",
		1:   "رُفض حقل واحد",
		2:   "رُفض حقلان",
		3:   "رُفضت 3 حقول",
		10:  "رُفضت 10 حقول",
		11:  "رُفض 11 حقلًا",
		99:  "رُفض 99 حقلًا",
		100: "رُفض 100 حقل",
		103: "رُفضت 103 حقول",
	} {
		if got := tongue.Say(fields(n)); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestPluralForms(t *testing.T) {
	for tag, want := range map[string][3]string{
		"fr": {"0 champ refusé", "1 champ refusé", "2 champs refusés"},
		"es": {"Se rechazaron 0 campos", "Se rechazó 1 campo", "Se rechazaron 2 campos"},
		"de": {"0 Felder wurden abgelehnt", "1 Feld wurde abgelehnt", "2 Felder wurden abgelehnt"},
		"hi": {"0 फ़ील्ड अस्वीकार किया गया", "1 फ़ील्ड अस्वीकार किया गया", "2 फ़ील्ड अस्वीकार किए गए"},
		"zh": {"0 个字段被拒绝", "1 个字段被拒绝", "2 个字段被拒绝"},
		"en": {"0 fields were rejected", "1 field was rejected", "2 fields were rejected"},
	} {
		for n, text := range want {
			if got := choose(t, tag).Say(fields(n)); got != text {
				t.Errorf("%s: %d: %s", tag, n, got)
			}
		}
	}
}

func TestFiguresAreWrittenAsTheirLanguageDoes(t *testing.T) {
	outOfRange := languages.Wrong(validation.OutOfRange, validation.Param{Name: "min", Value: -2.5}, validation.Param{Name: "max", Value: 100000.0})
	for tag, want := range map[string]string{
		"de": "Die Zahl muss zwischen -2,5 und 100.000 liegen.",
		"hi": "संख्या -2.5 से 1,00,000 के बीच होनी चाहिए।",
		"en": "This must be a number from -2.5 to 100000.",
	} {
		if got := choose(t, tag).Say(outOfRange); got != want {
			t.Errorf("%s: %s", tag, got)
		}
	}
}

func TestListsAreWrittenAsTheirLanguageDoes(t *testing.T) {
	common := languages.Wrong(validation.PasswordCommon, validation.Param{Name: "kinds", Value: []string{"word", "year"}})
	for tag, want := range map[string]string{
		"fr": "Ce mot de passe est trop facile à deviner ; il contient : un mot courant, une année.",
		"zh": "此密码太容易猜到，其中包含：常见词、年份。",
		"ar": "كلمة المرور هذه سهلة التخمين؛ فهي تحتوي على: كلمة شائعة، سنة.",
	} {
		if got := choose(t, tag).Say(common); got != want {
			t.Errorf("%s: %s", tag, got)
		}
	}
}

// The message of something that is too deep in a body to be named is inside of
// another one.
func TestWithin(t *testing.T) {
	deep := languages.Of(validation.UnknownField, validation.Params{{Name: "within", Value: true}, {Name: "subject", Value: "registration"}}, "In here: …")
	want := "À l’intérieur, à un endroit trop long à nommer : Ce champ n’est pas prévu ici."
	if got := choose(t, "fr").Say(deep); got != want {
		t.Errorf("got %s", got)
	}
}

func TestATongueIsShared(t *testing.T) {
	tongue := choose(t, "ar")
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for range 200 {
				if got, want := tongue.Say(fields(n)), tongue.Say(fields(n)); got != want {
					t.Errorf("%s is not %s", got, want)
				}
			}
		})
	}
	group.Wait()
}

func fields(n int) languages.Message {
	return languages.Say("VALIDATION_ERROR", validation.Param{Name: "count", Value: n})
}

func FuzzAcceptLanguage(f *testing.F) {
	for _, header := range []string{"fr", "es-MX,es;q=0.9,en;q=0.8", "*", ";;;", "x-y-z;q=1.5", "zh-Hant-TW-x-abc;q=0.333"} {
		f.Add(header)
	}
	speaker, err := (*languages.Languages)(nil).Speaker()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if speaker.Choose([]string{header}) == nil {
			t.Error("no language")
		}
	})
}

func BenchmarkChoose(b *testing.B) {
	speaker, err := (*languages.Languages)(nil).Speaker()
	if err != nil {
		b.Fatal(err)
	}
	for name, header := range map[string][]string{"none": nil, "browser": {"en-GB,en;q=0.9,fr;q=0.8"}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				speaker.Choose(header)
			}
		})
	}
}

func BenchmarkSay(b *testing.B) {
	m := languages.Wrong(validation.NameLength, validation.Param{Name: "min", Value: 2}, validation.Param{Name: "max", Value: 50})
	for _, tag := range []string{"en", "ar"} {
		b.Run(tag, func(b *testing.B) {
			speaker, err := (*languages.Languages)(nil).Speaker()
			if err != nil {
				b.Fatal(err)
			}
			tongue := speaker.Choose([]string{tag})
			b.ReportAllocs()
			for b.Loop() {
				tongue.Say(m)
			}
		})
	}
}
