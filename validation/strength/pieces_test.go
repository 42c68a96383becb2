package strength

import (
	"slices"
	"strings"
	"testing"
)

// TestPieces has a row or more for each row of the table of pieces. The
// characters around a piece are such that no other piece covers them.
func TestPieces(t *testing.T) {
	s, err := New(Options{Words: []string{"Zaphod", "Über-Bänk", "Qwxz"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		password string
		points   int
		kinds    []Kind
	}{
		{"nothing", "", 0, nil},
		{"characters that nothing covers", "kV#8x", 5, nil},
		{"a character of two bytes is one", "kV#8é", 5, nil},
		{"a combining accent is none", "kV#8e\u0301", 5, nil},
		{"bytes that are not UTF-8 are characters", "k\xff#\xfeV", 5, nil},

		{"common word", "dragon", 1, []Kind{KindWord}},
		{"common word, any case", "dRaGON", 1, []Kind{KindWord}},
		{"common word, accents", "drágöñ", 1, []Kind{KindWord}},
		{"common word, full width", "ｄｒａｇｏｎ", 1, []Kind{KindWord}},
		{"rare word", "tortoises", 2, []Kind{KindWord}},
		{"word of another language", "gerechtigkeit", 2, []Kind{KindWord}},
		{"word of another language, no accents", "g3d4chtn1s", 2, []Kind{KindWord}},
		{"rare word of four letters is none", "toga", 3, []Kind{KindWordLike}},
		{"common word of four letters", "king", 1, []Kind{KindWord}},
		{"common word of four letters, one look-alike", "k1ng", 1, []Kind{KindWord}},
		{"common word of four letters, two look-alikes", "l0v3", 4, nil},
		{"common word of four letters, mixed case", "kInG", 4, nil},
		{"common word of four letters, mixed case and a look-alike", "k1nG", 4, nil},
		{"common word of four letters, capital and a look-alike", "K1ng", 1, []Kind{KindWord}},
		{"common word of four letters, reversed", "gnik", 3, []Kind{KindWordLike}},
		{"rare word of five letters, two look-alikes", "4c0rn", 2, []Kind{KindWord}},
		{"rare word of five letters, three look-alikes", "@n7$y", 5, nil},
		{"word of five letters, mixed case and a look-alike", "mUs1C", 5, nil},
		{"word of five letters, capitals and look-alikes", "MU51C", 1, []Kind{KindWord}},
		{"word of five letters, mixed case, reversed", "ciSUm", 5, nil},
		{"word of six letters, mixed case and a look-alike", "dR@GoN", 1, []Kind{KindWord}},
		{"word, every kind of look-alike", "p@55w0rd", 1, []Kind{KindWord}},
		{"word, one for i", "m1chael", 1, []Kind{KindWord}},
		{"word, one for l", "michae1", 1, []Kind{KindWord}},
		{"word, six and nine for g", "dra6on", 1, []Kind{KindWord}},
		{"word, reversed", "nogard", 1, []Kind{KindWord}},
		{"word, reversed, look-alikes", "drowss@p", 1, []Kind{KindWord}},
		{"word with a dollar behind it", "dragon$", 2, []Kind{KindWord}},
		{"word that ends in two of a letter, both look-alikes", "bu$1n3$$", 1, []Kind{KindWord}},
		{"word of the platform", "Fincode", 1, []Kind{KindWord}},
		{"two words", "RemitJunction", 1, []Kind{KindWord}},
		{"word of the operator", "zaphod", 1, []Kind{KindWord}},
		{"word of the operator, look-alikes", "Z@ph0d", 1, []Kind{KindWord}},
		{"word of the operator, reversed", "dohpaz", 1, []Kind{KindWord}},
		{"word of the operator, accents and symbol", "uber-bank", 1, []Kind{KindWord}},
		{"word of the operator, four letters", "qwxz", 1, []Kind{KindWord}},
		{"word of the operator, four letters, reversed", "zxwq", 4, nil},
		{"word of the operator, six letters, mixed case and look-alike", "z@PHOd", 1, []Kind{KindWord}},

		{"one character three times", "kVVVx", 3, []Kind{KindRepetition}},
		{"one character three times, mixed case", "kVvVx", 4, []Kind{KindRepetition}},
		{"one character four times, mixed case", "kVvVvx", 3, []Kind{KindRepetition}},
		{"one character often", "k#######x", 3, []Kind{KindRepetition}},
		{"one character twice", "kVVx", 4, nil},
		{"word with every letter doubled", "ddrraaggoonn", 2, []Kind{KindWord, KindRepetition}},
		{"word with letters held down", "dddragooonnn", 2, []Kind{KindWord, KindRepetition}},
		{"word with a double letter, doubled", "ffoooottbbaallll", 2, []Kind{KindWord, KindRepetition}},
		{"keys doubled", "#ttyyuu#", 4, []Kind{KindKeyboard, KindRepetition}},
		{"word of the operator, doubled", "zzaapphhoodd", 2, []Kind{KindWord, KindRepetition}},
		{"block of keys one step further", "Aa1!Bb2@", 4, []Kind{KindRepetition}},
		{"block of keys one step further along their rows", "Qt1#Wy2$", 5, []Kind{KindRepetition}},
		{"block of keys one step back", "kP9(jO8*", 5, []Kind{KindRepetition}},
		{"block of three keys one step further", "#Kp7Lq8#", 6, []Kind{KindRepetition}},
		{"block of keys one step further in another shift", "Kp7%lQ8^", 8, nil},
		{"block of two keys one step further", "#k7l8#", 6, nil},
		{"sequence up", "#defg#", 3, []Kind{KindSequence}},
		{"sequence down", "#gfed#", 3, []Kind{KindSequence}},
		{"sequence of digits", "V4567V", 3, []Kind{KindSequence}},
		{"sequence of two characters", "#ef#", 4, nil},
		{"sequence, capital in front", "#Gfe#", 3, []Kind{KindSequence}},
		{"sequence, capitals", "8GFE8", 3, []Kind{KindSequence}},
		{"sequence, mixed case", "#gFe#", 5, nil},
		{"sequence of five, mixed case", "#gFeDc#", 3, []Kind{KindSequence}},
		{"sequence of every other character, mixed case", "#aCegi#", 4, []Kind{KindSequence}},
		{"sequence of every other character", "#acegi#", 3, []Kind{KindSequence}},
		{"three of every other character are too few", "#jln#", 5, nil},
		{"sequence in another script", "#абвг#", 3, []Kind{KindSequence}},
		{"sequence that turns round", "#rstsrq#", 4, []Kind{KindSequence}},
		{"word of another script", "пароль", 1, []Kind{KindWord}},
		{"word of another script, typed on a Latin keyboard", "gfhjkm", 1, []Kind{KindWord}},
		{"word of another script, typed with a capital", "<jhbc", 1, []Kind{KindWord}},
		{"word of another script, typed in mixed shift", "<jHbC", 5, nil},
		{"word of six keys of another script, typed in mixed shift", "cJ,FrF", 1, []Kind{KindWord}},
		{"word of four keys of another script", "vtyz", 2, []Kind{KindWord}},
		{"word of four letters of another script", "мама", 1, []Kind{KindWord}},
		{"Latin word typed on a Cyrillic keyboard", "вкфпщт", 1, []Kind{KindWord}},
		{"kana", "パスワード", 1, []Kind{KindWord}},
		{"letters of another script", "#щышбр#", 4, []Kind{KindWordLike}},
		{"letters of another script, mixed case", "#щЫшБр#", 7, nil},
		{"three letters of another script", "#щыш#", 4, []Kind{KindWordLike}},
		{"two letters of another script", "#щш#", 4, nil},
		{"two letters in both cases beside another script", "щыша#Qx#xQ#", 7, []Kind{KindWordLike}},
		{"two letters of one case beside another script", "щыша#qx#", 6, []Kind{KindWordLike}},
		{"syllables of another script", "#뷁쒧#", 4, []Kind{KindWordLike}},
		{"Ethiopic letters", "#ሰላም#", 4, []Kind{KindWordLike}},
		{"row of keys", "#tyu#", 3, []Kind{KindKeyboard}},
		{"row of keys, backward", "#lkj#", 3, []Kind{KindSequence}},
		{"row of keys, shifted", "K@#$%K", 3, []Kind{KindKeyboard}},
		{"row of keys, first one shifted", "#Tyu#", 3, []Kind{KindKeyboard}},
		{"row of keys, mixed shift", "#tYu#", 5, nil},
		{"row of keys, last one shifted", "#tyU#", 5, nil},
		{"row of five keys, mixed shift", "#tYuIo#", 3, []Kind{KindKeyboard}},
		{"block said twice", "kV#8kV#8", 5, []Kind{KindRepetition}},
		{"two columns with a character between", "k2ws#^YHk", 5, []Kind{KindKeyboard}},
		{"two columns with two characters between", "k2ws#.^YHk", 8, []Kind{KindKeyboard}},
		{"common word on a Dvorak keyboard", "#epairb#", 4, []Kind{KindWord}},
		{"rare word as on a Dvorak keyboard", "#ksoksg;d#", 5, []Kind{KindWord}},
		{"common word on an AZERTY keyboard", "#Tho,qs#", 4, []Kind{KindWord}},
		{"word of hands that lie right of their place", "#FTSHPM#", 4, []Kind{KindWord}},
		{"word of hands that lie left of their place", "#rieriuaw#", 5, []Kind{KindWord}},
		{"common word of five letters of such hands", "#;ivlu#", 4, []Kind{KindWord}},
		{"the same, mixed case", "#;iVlU#", 7, nil},
		{"spelled like Russian on a Latin keyboard", "#gjljhj;ybrfv#", 4, []Kind{KindWordLike}},
		{"the same with a capital in front", "#Gjljhj;ybrfv#", 4, []Kind{KindWordLike}},
		{"two Russian words, neither frequent", "#,fhcerjdfnsq[jvzxbot#", 4, []Kind{KindWordLike}},
		{"spelled like Hebrew on a Latin keyboard", "#v,rbduku,#", 4, []Kind{KindWordLike}},
		{"common word, letters drawn with several characters", "kdr@9()|\\|", 3, []Kind{KindWord}},
		{"rare word, letters drawn", "kt()|2t*1s&", 4, []Kind{KindWord}},
		{"common word of five letters, one drawn", "kt#ink", 3, []Kind{KindWord}},
		{"the same, mixed case", "kT#iNk", 6, nil},
		{"the same, most letters drawn", "k7#!nk", 6, nil},
		{"word parted by a year", "#dra1984gon#", 4, []Kind{KindWord}},
		{"word parted by a number", "#dra77gon#", 5, []Kind{KindWord}},
		{"word parted by a digit", "#dra7gon#", 9, nil},
		{"block said twice, backward", "kV#88#Vk", 5, []Kind{KindRepetition}},
		{"three characters backward are none", "kV##Vk", 6, nil},
		{"word and the same backward", "tortoisessesiotrot", 3, []Kind{KindWord, KindRepetition}},
		{"letters parted by numbers that count", "d1r2a3g4o5n", 2, []Kind{KindWord}},
		{"letters parted by numbers that count down", "d1r0a9g8o7n", 2, []Kind{KindWord}},
		{"letters parted by one digit", "d7r7a7g7o7n", 2, []Kind{KindWord}},
		{"letters parted by numbers of no order", "d1r8a3g7o2n", 11, nil},
		{"three numbers between letters", "vd1r2a3gq", 9, nil},
		{"block said twice, other characters around", "!kV#8kV#8z", 7, []Kind{KindRepetition}},
		{"walk over four keys", "K3rgnK", 4, []Kind{KindKeyboard}},
		{"walk over four keys, shifted", "k#RGNk", 4, []Kind{KindKeyboard}},
		{"walk over four keys, first one shifted", "8#rgn8", 6, nil},
		{"walk over five keys", "K4rfvgK", 3, []Kind{KindKeyboard}},
		{"walk over five keys, first one shifted", "8$rfvg8", 3, []Kind{KindKeyboard}},
		{"walk over five keys, mixed shift", "8rFgVb8", 7, nil},
		{"walk over six keys, mixed shift", "8eDrFtG8", 4, []Kind{KindKeyboard}},
		{"walk over two columns", "K3e2wK", 4, []Kind{KindKeyboard}},
		{"three keys of a column", "K2sxK", 4, []Kind{KindKeyboard}},
		{"three keys of a column, mixed shift", "K2WsK", 4, []Kind{KindKeyboard}},
		{"three keys of a column in any order, mixed shift", "K2Sxk", 5, nil},
		{"four keys of a column, mixed shift", "K2WsXK", 3, []Kind{KindKeyboard}},
		{"three keys of two columns each, mixed shift", "K4rF5TgK", 4, []Kind{KindKeyboard}},
		{"three keys of two columns of a French keyboard, mixed shift", "Kju\u00e8Ki_K", 4, []Kind{KindKeyboard}},
		{"three keys of two columns of a German keyboard, mixed shift", "K5tGhZ6K", 4, []Kind{KindKeyboard}},
		{"row of four keys of a German keyboard, mixed shift", "KrTzUK", 3, []Kind{KindKeyboard}},
		{"row of four keys of a French keyboard, mixed shift", "KuYtReK", 3, []Kind{KindKeyboard}},
		{"four keys of a column", "KW2sxK", 3, []Kind{KindKeyboard}},
		{"six keys of two columns", "Kf45tvgK", 4, []Kind{KindKeyboard}},
		{"six keys of two columns, mixed shift", "Kf45TVgK", 8, nil},
		{"row of a British keyboard", "K!\"£$%^&k", 3, []Kind{KindKeyboard}},
		{"row of a French keyboard", "K²&é\"'(-è_çàk", 3, []Kind{KindKeyboard}},
		{"row of a German keyboard, backward", "K=)(/&%$k", 3, []Kind{KindKeyboard}},
		{"row of a Russian keyboard", "Kйцукенk", 3, []Kind{KindKeyboard}},
		{"row of a Greek keyboard", "Kασδφγk", 3, []Kind{KindKeyboard}},
		{"column of a German keyboard", "K1qayk", 3, []Kind{KindKeyboard}},
		{"three keys of another keyboard are too few", "K&é\"k", 5, nil},
		{"keys of another keyboard that turn round", "K\"£$£\"k", 7, nil},
		{"the letter A in both cases", "kVaA#", 4, []Kind{KindRepetition}},

		{"year", "k#1987k", 4, []Kind{KindYear}},
		{"first year", "k#1920k", 4, []Kind{KindYear}},
		{"year before the first", "k#1919k", 5, []Kind{KindNumber}},
		{"last year", "k#2049k", 4, []Kind{KindYear}},
		{"year behind the last", "k#2050k", 5, []Kind{KindNumber}},
		{"year in short", "#2k7#", 3, []Kind{KindYear}},
		{"year in short, two digits", "#2k17#", 3, []Kind{KindYear}},
		{"date of six digits, day first", "k#310785k", 4, []Kind{KindDate}},
		{"date of six digits, month first", "k#073185k", 4, []Kind{KindDate}},
		{"date of six digits, year first", "k#850731k", 4, []Kind{KindDate}},
		{"date of eight digits, day first", "k#31071985k", 4, []Kind{KindDate}},
		{"date of eight digits, year first", "k#19850731k", 4, []Kind{KindDate}},
		{"eight digits that end like a year", "k31071785k", 4, []Kind{KindNumber}},
		{"date with points", "k31.7.85k", 3, []Kind{KindDate}},
		{"date with hyphens, year first", "k1985-07-31k", 3, []Kind{KindDate}},
		{"date with slashes, month first", "k7/31/1985k", 3, []Kind{KindDate}},
		{"date with two kinds of separators", "k31.7-85k", 6, []Kind{KindNumber}},
		{"no date: 39th", "k39.39.85k", 6, []Kind{KindNumber}},
		{"no date: third number absent", "k31.7-", 5, []Kind{KindNumber}},
		{"no date: second number too long", "k31.785.2", 5, []Kind{KindNumber}},
		{"month and day", "#oct31#", 3, []Kind{KindDate}},
		{"day and month", "#31oct#", 3, []Kind{KindDate}},
		{"weekday and number", "#wed7#", 3, []Kind{KindDate}},
		{"no month", "#оct31#", 7, nil}, // begins with a Cyrillic letter
		{"day and month in digits", "k#3107k", 5, []Kind{KindDate}},
		{"month and day in digits", "k#0731k", 5, []Kind{KindDate}},
		{"three digits", "k#847k", 5, []Kind{KindNumber}},
		{"many digits", "k#84736291k", 5, []Kind{KindNumber}},
		{"two digits", "k#84k", 5, nil},

		{"word-like", "#kanilo#", 5, []Kind{KindWordLike}},
		{"word-like, capital in front", "#Kanilo#", 5, []Kind{KindWordLike}},
		{"word-like, capitals", "#KANILO#", 5, []Kind{KindWordLike}},
		{"word-like, mixed case", "#kAnIlO#", 8, nil},
		{"word-like, capitals in turn", "#sTrAnToNaD#", 5, []Kind{KindWordLike}},
		{"word-like, a digit in it", "#tren7ido#", 6, []Kind{KindWordLike}},
		{"word-like, a look-alike in it", "#gr@vidoru#", 6, []Kind{KindWordLike}},
		{"word-like, disguised throughout", "#tr1v4nd3l#", 6, []Kind{KindWordLike}},
		{"word-like, the likelier of two readings", "#v!nk@re!#", 6, []Kind{KindWordLike}},
		{"word-like, look-alike in a short word", "#z@mivu#", 8, nil},
		{"word-like, look-alike in an unlikely word", "8kv4qo8", 7, nil},
		{"word-like, one odd pair", "#kanvlo#", 5, []Kind{KindWordLike}},
		{"several odd pairs", "#kvtqxm#", 8, nil},

		{"symbols between letters", "dra-gon", 2, []Kind{KindWord}},
		{"more symbols than it is worth", "d-r+a_g*o~n", 6, []Kind{KindWord}},
		{"the same symbol between all letters", "d-r-a-g-o-n", 2, []Kind{KindWord}},
		{"one period of many", "kV#8kV#8kV#8kV#8kV", 5, []Kind{KindRepetition}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := s.judgeByRule([]byte(tt.password), &Personal{})
			if points, kinds := found.cost.points(), found.kinds.list(); points != tt.points || !slices.Equal(kinds, tt.kinds) {
				t.Errorf("%q is worth %d for %v, not %d for %v", tt.password, points, kinds, tt.points, tt.kinds)
			}
		})
	}
}

// TestExamples pins what becomes of passwords that satisfy the composition
// rules.
func TestExamples(t *testing.T) {
	s := newScorer(t)
	for _, password := range []string{
		"Summer2025!", "Password1!", "P@ssw0rd", "P@$$w0rd123", "Qwerty123!", "1qaz@WSX", "Zaq12wsx!", "Welcome@123",
		"Abcd1234!", "Aa123456!", "Liverpool1!", "Monkey!Dragon1", "Aa1!Aa1!Aa1!", "!QAZ2wsx", "Fincode2025!",
		"Remittance#1", "Drowssap1!", "12.07.1999Ab!", "Aaaaaaaa1!", "Michael&Jessica1", "Ilovey0u!", "Tr0ub4dor&",
		"Jan2024Feb!", "August-2024", "Sunshine$2023", strings.Repeat("Aa1!", 40),

		// runs that are doubled or stretched
		"Ppaasswwoorrdd1!", "Qqqwwweeerrrtttyyy1!", "PPaassww00rrdd!!", "Llloooveee123!!", "Aabbccdd1!", "Mmmoooonnnkkkeeyy2024!",
		"Zzxxccvvbbnnmm1970*", "SsUuNnSsHhIiNnEe22!",

		// words of other languages, disguised, in capitals in turn, with the same symbol between their letters
		"G3h31mn15!7", "mArIpOsAs7!", "S.o.m.m.e.r.2024", "UniversidadUniversidad$99",

		// words of other scripts, and of any typed on another layout
		"Пароль123!Aa", "пароль2024!Aa", "Любовь1!Aa", "Україна1!Aa", "Ελλάδα1!Aa", "Κωδικός2024!Aa", "ירושלים1!Aa", "القاهرة1!Aa",
		"パスワード1!Aa", "さくら2024!Aa", "비밀번호1!Aa", "사랑해123!Aa", "Кукурузина7!Aa", "สวัสดี123!Aa",
		"Cj,frf2024!A", "Ghtrhfcyj24!", "Gfhjkm123!", "<jhbcrf2024!", "Erhf]yf1!A", "Uessalon;ikh1!", "Qlalfqjsgh1!", "Pasuwado1!", "Lvpfh123!A",
		"Зфыыцщкв1!Aa", "Πασςοωρδ1!Aa", "Pqsszord1!", "Pqssword1!", "Zoutuberz1!",

		// rows of other keyboards
		"!\"£$%^&*()Aa1", "²&é\"'(-è_çàAa1!", "!\"§$%&/()=Aa1", "!\"·$%&/()=Aa1", "!\"#¤%&/()=Aa1", "!\"№;%:?*()Aa1", "+ěščřžýáíéAa1!",
		"йцукенAa1!", "фывапролд1Aa!", "azertyuiop1!A", "Aoeuidhtns1!", "1qay2wsx!A",

		// columns and short walks, with something behind them
		"hY6jU7A1!", "Ju/hZ6A!7", "tGb4rF!A1", "ki_Ju\u00e8!Aa1", "rTzuIo!A1", "A1!qsDfgh", "W2sx!3edA", "Q1az!w2sA", "Rf4tg!5bA", "Zaq1!xsw2A", "T5gb!6yhA", "Gt5b!6hyA", "E3dc!4rfA1",

		// words in disguise throughout, in the dictionary or not
		"Bu$1n3$$!9", "@ddr3$$!9A", "P@$$10n!1", "Gl@$$!2024", "M1$$10n$!1", "Whiff13r#2012",
	} {
		if v := s.Judge([]byte(password), Personal{}); v.Enough || v.Personal {
			t.Errorf("%q: %+v", password, v)
		}
	}
	for _, password := range []string{
		"Correct-horse7-battery-staple", "xK9#mQ2$vLp7", "7Kd!9fQz2#Lm", "Abacus!skewer$taekwondo3", "gT4&wq8Z",
		"Mein1.Pferd&frisst&Gurkensalat", "Пароль-Ab1!жёщц", "V8c^tqZ2m!", "Thinly.Stapled.Avocado.9!",

		// phrases of another script
		"Корова-скрепка7батарея-Ab", "лошадь.зонтик.Aa1!чайник",

		// phrases of three words, though each of them is common
		"Action#native#morale2", "Broken@friday@arrival8", "Voting*replace*power8", "Kept#plastic#acting4",
	} {
		if v := s.Judge([]byte(password), Personal{}); !v.Enough || v.Personal || v.Kinds != nil {
			t.Errorf("%q: %+v", password, v)
		}
	}
}
