package strength

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/customergate/customergate/validation/strength/internal/keys"
)

// heldOut returns words of 5 to 12 letters from every other line of a list. No
// part of the rule has been tuned with them.
func heldOut(tb testing.TB, name string) []string {
	tb.Helper()
	var words []string
	for i, word := range lines(tb, name) {
		plain := strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == ""
		if i%2 == 1 && plain && len(word) >= 5 && len(word) <= 12 {
			words = append(words, word)
		}
	}
	return words
}

// wordsOfScripts are what people of other scripts make passwords of.
var wordsOfScripts = map[string]string{
	"Russian": "пароль любовь собака привет солнышко наташа сергей кошка котенок москва россия спартак машина деньги счастье семья дружба " +
		"школа весна осень суббота медведь дельфин дракон победа космос королева ромашка бабочка александр екатерина владимир",
	"Ukrainian": "пароль україна кохання сонечко львів слава героям козак карпати динамо шевченко оксана тарас богдан олена андрій зірка " +
		"родина щастя дівчина хлопець вишиванка калина тризуб кішка дякую",
	"Greek": "κωδικός αγάπη ελλάδα ολυμπιακός παναθηναϊκός θάλασσα αθήνα θεσσαλονίκη γιώργος μαρία ελένη κώστας καλημέρα καλοκαίρι " +
		"καρδιά οικογένεια φεγγάρι αστέρι σκύλος ευτυχία πατρίδα ποδόσφαιρο",
	"Hebrew":   "סיסמה אהבה ישראל ירושלים משפחה הפועל ביתר תודה חתול נסיכה מלכה חופש מרים איתי",
	"Arabic":   "مرحبا محمد حبيبي السلام القاهرة السعودية الرياض فلسطين الاهلي الزمالك حياتي فاطمة ياسمين الكويت بغداد سوريا لبنان عائلة",
	"Korean":   "비밀번호 사랑해 대한민국 하늘 엄마 고양이 강아지 행복 천사 공주 친구 우리집 축구 학교 민수 영희 가족 여름 겨울",
	"Thai":     "สวัสดี ความรัก ครอบครัว ประเทศไทย กรุงเทพ ทะเล ดอกไม้ สุนัข มังกร ฟุตบอล ขอบคุณ หัวใจ น้ำตาล ภูเก็ต ความสุข เชียงใหม่",
	"Japanese": "パスワード ありがとう さくら サクラ こんにちは たなか すずき ハナコ ドラゴン ポケモン ひまわり かぞく だいすき トウキョウ おおさか",
}

// title puts a capital in front of a word of any script.
func title(word string) string {
	r, size := utf8.DecodeRuneInString(word)
	return strings.ToUpper(string(r)) + word[size:]
}

// typedOnLatin returns what comes out when a word of another script is typed on a
// Latin keyboard.
func typedOnLatin(word string) string {
	var typed []rune
	for _, r := range strings.ToLower(word) {
		typed, _ = keys.Append(typed, r)
	}
	return string(typed)
}

// tail is what people put behind a word.
func tail(rng *rand.Rand) string {
	return pick(rng,
		digit(rng)+special(rng), special(rng)+digit(rng), counted(rng)+special(rng), special(rng)+counted(rng),
		year(rng)+special(rng), special(rng)+year(rng), digit(rng)+digit(rng)+special(rng), "123"+special(rng)+"Aa")
}

// latinTail is what they put behind a word that has no Latin letter.
func latinTail(rng *rand.Rand) string {
	return pick(rng, digit(rng)+special(rng)+"Aa", "Aa"+digit(rng)+special(rng), counted(rng)+special(rng)+"Aa",
		year(rng)+special(rng)+"Aa", special(rng)+"Aa"+year(rng), "A1a"+special(rng), special(rng)+"Qx"+counted(rng))
}

// doubled types each letter twice, or three times.
func doubled(rng *rand.Rand, word string) string {
	times := 1 + rng.IntN(2)
	var b strings.Builder
	for _, r := range word {
		b.WriteString(string(r) + strings.Repeat(string(r), times))
	}
	return capitalised(b.String()) + tail(rng)
}

// stretched holds some keys down.
func stretched(rng *rand.Rand, word string) string {
	var b strings.Builder
	for _, r := range word {
		b.WriteString(strings.Repeat(string(r), max(1, rng.IntN(5))))
	}
	return capitalised(b.String()) + tail(rng)
}

// disguised writes every letter but the first one, where there is a look-alike, as
// the same one throughout.
func disguised(rng *rand.Rand, word string) string {
	var b strings.Builder
	swaps := map[rune]string{}
	for _, swap := range []string{"a4@", "b8", "e3", "i1!", "l1", "o0", "s5$", "t7"} {
		swaps[rune(swap[0])] = one(rng, swap[1:])
	}
	for i, r := range word {
		switch swap := swaps[r]; {
		case i == 0:
			b.WriteString(capitalised(string(r)))
		case swap != "":
			b.WriteString(swap)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + tail(rng)
}

// priced writes the letters that look like signs of money and of paragraphs as these.
func priced(rng *rand.Rand, word string) string {
	return capitalised(word[:1]) + strings.NewReplacer("e", "€", "l", "£", "s", "§", "c", "¢", "a", "@", "o", "0").Replace(word[1:]) + tail(rng)
}

// parted puts a year between the letters.
func parted(rng *rand.Rand, word string) string {
	at := 2 + rng.IntN(len(word)-3)
	return capitalised(word[:at]) + year(rng) + word[at:] + special(rng)
}

// counting puts digits that count between the letters.
func counting(rng *rand.Rand, word string) string {
	var b strings.Builder
	for i, r := range capitalised(word) {
		b.WriteString(string(r) + strconv.Itoa((i+1)%10))
	}
	return b.String() + special(rng)
}

// drawn writes the letters with signs and several characters that look like these.
func drawn(rng *rand.Rand, word string) string {
	return capitalised(word[:1]) + strings.NewReplacer("a", "^", "c", "<", "d", "|)", "e", "&", "h", "#", "k", "|<", "n", "|\\|", "o", "()", "w", "vv").
		Replace(word[1:]) + tail(rng)
}

// columns types three or four keys each of two neighbouring columns in any order,
// a symbol between them, and little behind them.
func columns(rng *rand.Rand, _ string) string {
	all := [...]string{"1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm"}
	first := rng.IntN(len(all) - 1)
	var parts []string
	for _, column := range all[first : first+2] {
		part := []byte(column)
		rng.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
		parts = append(parts, string(part[:3+rng.IntN(2)]))
	}
	return capitalised(strings.Join(parts, special(rng))) + pick(rng, "A", "1", "A1", "Aa")
}

// otherRow types six keys or more along a row of another keyboard.
func otherRow(rng *rand.Rand, _ string) string {
	row := []rune(pick(rng, `!"£$%^&*()_`, `²&é"'(-è_çà`, `!"§$%&/()=?`, `!"·$%&/()=`, `!"#¤%&/()=`, `+"*ç%&/()=`, `ěščřžýáíé`,
		`!"№;%:?*()`, "йцукенгшщз", "фывапролд", "ασδφγηξκλ", "azertyuiop", "qwertzuiop", "aoeuidhtns"))
	length := 6 + rng.IntN(len(row)-5)
	from := rng.IntN(len(row) - length + 1)
	return string(row[from:from+length]) + pick(rng, "Aa1!", "1!Aa", "A1a#", "123Aa*")
}

// formsOfRussian are words that a list of frequent ones has in other forms, if at all.
const formsOfRussian = "подорожникам барсуками солнышком котятами одноклассницы велосипедиста колокольчику щенками снегурочкой белочками " +
	"тракториста путешественницы невестами соловьями пельменями ватрушками незабудки кузнечику крапивой смородиной малиновка"

// keyboard is what the keys of the four rows type without the shift key and with it.
type keyboard [4][2]string

// latinKeyboards are the arrangements of most keyboards with Latin letters.
var latinKeyboards = map[string]keyboard{
	"qwerty": {{"1234567890", "!@#$%^&*()"}, {"qwertyuiop", "QWERTYUIOP"}, {"asdfghjkl;", "ASDFGHJKL:"}, {"zxcvbnm,./", "ZXCVBNM<>?"}},
	"qwertz": {{"1234567890", `!"§$%&/()=`}, {"qwertzuiop", "QWERTZUIOP"}, {"asdfghjklö", "ASDFGHJKLÖ"}, {"yxcvbnm,.-", "YXCVBNM;:_"}},
	"azerty": {{`&é"'(-è_çà`, "1234567890"}, {"azertyuiop", "AZERTYUIOP"}, {"qsdfghjklm", "QSDFGHJKLM"}, {"wxcvbn,;:!", "WXCVBN?./§"}},
}

// press types a key, with the shift key or not.
func (k keyboard) press(row, column int, shift bool) string {
	layer := k[row][0]
	if shift {
		layer = k[row][1]
	}
	return string([]rune(layer)[column])
}

// shifts returns a way to hold the shift key: never, for the first key of each run,
// by chance for a whole run, or by chance for each key.
func shifts(rng *rand.Rand) func(run, key int) bool {
	way, held := rng.IntN(4), [4]bool{rng.IntN(2) == 0, rng.IntN(2) == 0, rng.IntN(2) == 0, rng.IntN(2) == 0}
	return func(run, key int) bool {
		switch way {
		case 0:
			return false
		case 1:
			return key == 0
		case 2:
			return held[run]
		}
		return rng.IntN(3) == 0
	}
}

// keyTail is what people put behind keys that lack a kind of character.
func keyTail(rng *rand.Rand) string {
	return pick(rng, "A1!", "1!A", "!A1", "Aa1!", "!Aa1", "#7A", "x!7", "2024!", "Zz9!", "$tA5", "!bA", "9*Qa")
}

// alongColumns types two or three columns side by side, up or down or in turn, from
// the digits or the letters, with any keys shifted.
func (k keyboard) alongColumns(rng *rand.Rand, _ string) string {
	number, step := 2+rng.IntN(2), pick(rng, 1, -1)
	column, top, keys := rng.IntN(10), rng.IntN(2), 3
	if top == 0 {
		keys += rng.IntN(2)
	}
	shift, up, turn := shifts(rng), rng.IntN(2) == 0, rng.IntN(2) == 0
	var b strings.Builder
	for run := 0; run < number && column >= 0 && column < 10; run, column = run+1, column+step {
		for i := range keys {
			row := top + i
			if up {
				row = top + keys - 1 - i
			}
			b.WriteString(k.press(row, column, shift(run, i)))
		}
		up = up != turn
	}
	return b.String() + keyTail(rng)
}

// alongRow types five to nine keys of a row, with any keys shifted.
func (k keyboard) alongRow(rng *rand.Rand, _ string) string {
	row, length := rng.IntN(4), 5+rng.IntN(5)
	column, step, shift := rng.IntN(11-length), 1, shifts(rng)
	if rng.IntN(2) == 0 {
		column, step = column+length-1, -1
	}
	var b strings.Builder
	for i := range length {
		b.WriteString(k.press(row, column+i*step, shift(0, i)))
	}
	return b.String() + keyTail(rng)
}

// walk types six to nine neighbouring keys in any directions.
func (k keyboard) walk(rng *rand.Rand, _ string) string {
	row, column, length, shift := rng.IntN(4), rng.IntN(10), 6+rng.IntN(4), shifts(rng)
	var b strings.Builder
	for i := range length {
		b.WriteString(k.press(row, column, shift(0, i)))
		for from := [2]int{row, column}; from == [2]int{row, column}; {
			row, column = min(3, max(0, from[0]+rng.IntN(3)-1)), min(9, max(0, from[1]+rng.IntN(3)-1))
		}
	}
	return b.String() + keyTail(rng)
}

// pressed returns a function that types a word with the keys in the places of its
// letters on another keyboard.
func pressed(letters, keys string) func(*rand.Rand, string) string {
	return func(rng *rand.Rand, word string) string {
		typed := strings.Map(func(r rune) rune {
			if at := strings.IndexRune(letters, r); at >= 0 {
				return rune(keys[at])
			}
			return r
		}, word)
		return capitalised(typed) + tail(rng)
	}
}

const (
	besideLeft  = "qwertyuiopasdfghjklzxcvbnm"
	besideRight = "wertyuiop[sdfghjkl;xcvbnm,"
	onQwerty    = "ertyuiopsdfghjkl;n"
	onColemak   = "fpgjluy;rstdhneiok"
	onUS        = "qwertyuiopsdfghjkl;zxcvbn,./"
	onDvorak    = "',.pyfgcrloeuidhtns;qjkxbwvz"
)

// alternating writes every other letter as a capital.
func alternating(rng *rand.Rand, word string) string {
	b := []byte(word)
	for i := rng.IntN(2); i < len(b); i += 2 {
		b[i] = strings.ToUpper(word[i : i+1])[0]
	}
	return string(b) + tail(rng)
}

func twice(rng *rand.Rand, word string) string {
	return capitalised(word) + capitalised(word) + tail(rng)
}

// wordsOfLatinLanguages are what people make passwords of whose language is not English.
const wordsOfLatinLanguages = "freundschaft kartoffel hoffnung regenbogen marienkaefer erdbeere geheimnis deutschland schokolade zitrone " +
	"bonheur liberte chouchou coccinelle tournesol fraise etoile grenouille bretagne soleil toujours " +
	"esperanza estrella manzana perrito chocolate sevilla caballo libertad guerrero primavera girasol futbol " +
	"cachorro esperanca borboleta abacaxi saopaulo felicidade gatinho menina portugal estrela " +
	"gattino fragola speranza stellina amicizia primavera cioccolato bellissima inter sorella " +
	"vriendin aardbei zonnebloem liefde nederland koekje geheim vakantie regenboog " +
	"kwiatek truskawka czekolada przyjaciel wakacje gwiazda niedziela piesek sloneczko " +
	"hayvan kardes umutlu sevgili ceylan karanfil mercimek " +
	"ndovu dunia heshima shukrani pendo rafiki tanzania mungu " +
	"kalabaw mabuhay tahanan sampaguita mahal kapatid buhay " +
	"zuciya gaskiya ayanfe olumide chinonso ugochukwu yarinya jesusislord"

// TestKindRates measures how many bad passwords of one kind the rule alone accepts.
func TestKindRates(t *testing.T) {
	s := newScorer(t)
	top, unknown := heldOut(t, "top.txt"), heldOut(t, "unknown.txt")
	long := slices.DeleteFunc(slices.Clone(top[:500]), func(word string) bool { return len(word) < 6 })
	for _, kind := range []struct {
		name  string
		words []string
		make  func(*rand.Rand, string) string
		limit float64
	}{
		{"doubled letters", top, doubled, 0.1},
		{"letters held down", top, stretched, 0.3},
		{"disguised throughout", top, disguised, 2},
		{"disguised throughout, not in the dictionary", unknown, disguised, 40},
		{"disguised with signs of other keyboards", top, priced, 4},
		{"drawn letters", top, drawn, 10},
		{"parted by a year", top, parted, 0.5},
		{"parted by digits that count", top, counting, 0.5},
		{"keys of two columns", top, columns, 0.5},
		{"rows of other keyboards", top, otherRow, 0.1},
		{"hands one key to the right", long, pressed(besideLeft, besideRight), 0.5},
		{"hands one key to the left", long, pressed(besideRight, besideLeft), 5},
		{"on the keys of Colemak", long, pressed(onQwerty, onColemak), 0.5},
		{"as on Colemak", long, pressed(onColemak, onQwerty), 0.5},
		{"on the keys of AZERTY", long, pressed("qwazm", "azqw,"), 0.5},
		{"as on AZERTY", long, pressed("aqzwm", "qawz;"), 0.5},
		{"on the keys of Dvorak", long, pressed(onUS, onDvorak), 0.5},
		{"as on Dvorak", long, pressed(onDvorak, onUS), 0.5},
	} {
		checkKind(t, s, kind.name, kind.words, kind.make, kind.limit)
	}
	for _, name := range slices.Sorted(maps.Keys(latinKeyboards)) {
		keyboard := latinKeyboards[name]
		checkKind(t, s, "along columns, "+name, top, keyboard.alongColumns, 0.1)
		checkKind(t, s, "along a row, "+name, top, keyboard.alongRow, 0.1)
		checkKind(t, s, "neighbouring keys, "+name, top, keyboard.walk, 0.1)
	}
	latin := strings.Fields(strings.Repeat(wordsOfLatinLanguages+" ", 10))
	for _, kind := range []struct {
		name  string
		make  func(*rand.Rand, string) string
		limit float64
	}{{"disguised throughout", disguised, 25}, {"in alternating case", alternating, 18}, {"twice", twice, 11}} {
		checkKind(t, s, "not English, "+kind.name, latin, kind.make, kind.limit)
	}
	forms := strings.Fields(strings.Repeat(formsOfRussian+" ", 20))
	checkKind(t, s, "rare Russian, on a Latin keyboard", forms, func(rng *rand.Rand, word string) string {
		return title(typedOnLatin(word)) + tail(rng)
	}, 1)
	checkKind(t, s, "two rare Russian, on a Latin keyboard", forms, func(rng *rand.Rand, word string) string {
		return title(typedOnLatin(word+pick(rng, "барсук", "колокольчик", "незабудка"))) + tail(rng)
	}, 16)
	own := func(rng *rand.Rand, word string) string { return title(word) + latinTail(rng) }
	typed := func(rng *rand.Rand, word string) string { return title(typedOnLatin(word)) + tail(rng) }
	for _, script := range []struct {
		name       string
		own, typed float64 // limits
	}{
		{"Russian", 0.1, 5}, {"Ukrainian", 0.1, 1}, {"Greek", 0.1, 1}, {"Hebrew", 0.1, 1}, {"Arabic", 0.1, 1}, {"Korean", 0.1, 1}, {"Japanese", 0.1, 1}, {"Thai", 0.1, 1},
	} {
		words := strings.Fields(strings.Repeat(wordsOfScripts[script.name]+" ", 20))
		checkKind(t, s, script.name+", on its own keyboard", words, own, script.own)
		checkKind(t, s, script.name+", on a Latin keyboard", words, typed, script.typed)
	}
}

// checkKind judges what a function makes of words, of what satisfies the
// composition rules.
func checkKind(t *testing.T, s *Scorer, name string, words []string, make func(*rand.Rand, string) string, limit float64) {
	t.Helper()
	rng := newRand(12)
	var passwords []string
	for _, word := range words {
		if password := make(rng, word); composed(password) {
			passwords = append(passwords, password)
		}
	}
	found := judgeAll(s, passwords)
	checkRate(t, "accepted: "+name, found.byRule(), found.total, limit)
}
