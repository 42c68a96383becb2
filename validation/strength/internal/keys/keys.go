// Package keys says which keys of a US keyboard a character of another script is
// typed with. The generator and the scorer share it, so that they agree.
package keys

import "strings"

// First is where the letters of other scripts than Latin begin.
const First = 0x0370

// layouts are the standard keyboards of other scripts, key by key: what a key of
// the US keyboard types, with or without the shift key.
var layouts = [...]string{
	// Russia; Ukraine, Belarus, Serbia and Kazakhstan where they differ
	"` ё q й w ц e у r к t е y н u г i ш o щ p з [ х ] ъ a ф s ы d в f а g п h р j о k л l д ; ж ' э " +
		"z я x ч c с v м b и n т m ь , б . ю",
	`] ї s і ' є \ ґ o ў q љ w њ ] ђ ; ч ' ћ x џ y ѕ [ ѓ q ә w і e ң r ғ t ү y ұ u қ i ө o һ j ј`,
	// Greece
	"w ς e ε r ρ t τ y υ u θ i ι o ο p π a α s σ d δ f φ g γ h η j ξ k κ l λ z ζ x χ c ψ v ω b β n ν m μ " +
		";a ά ;e έ ;h ή ;i ί ;o ό ;y ύ ;v ώ",
	// Israel
	"e ק r ר t א y ט u ו i ן o ם p פ a ש s ד d ג f כ g ע h י j ח k ל l ך ; ף z ז x ס c ב v ה b נ n מ m צ , ת . ץ",
	// Arabic; Persian where no Arabic letter is concerned
	"` ذ q ض w ص e ث r ق t ف y غ u ع i ه o خ p ح [ ج ] د a ش s س d ي f ب g ل h ا j ت k ن l م ; ك ' ط " +
		"z ئ x ء c ؤ v ر n ى m ة , و . ز / ظ",
	`h أ h إ h آ d ی ; ک ' گ ] چ m پ \ ژ`,
	// Korea, letters alone
	"q ㅂ w ㅈ e ㄷ r ㄱ t ㅅ y ㅛ u ㅕ i ㅑ o ㅐ p ㅔ a ㅁ s ㄴ d ㅇ f ㄹ g ㅎ h ㅗ j ㅓ k ㅏ l ㅣ z ㅋ x ㅌ c ㅊ v ㅍ b ㅠ n ㅜ m ㅡ " +
		"Q ㅃ W ㅉ E ㄸ R ㄲ T ㅆ O ㅒ P ㅖ",
	// Thailand
	"- ข = ช 1 ๅ 4 ภ 5 ถ 6 ุ 7 ึ 8 ค 9 ต 0 จ q ๆ w ไ e ำ r พ t ะ y ั u ี i ร o น p ย [ บ ] ล " +
		"a ฟ s ห d ก f ด g เ h ้ j ่ k า l ส ; ว ' ง z ผ x ป c แ v อ b ิ n ื m ท , ม . ใ / ฝ " +
		"6 ู E ฎ R ฑ T ธ Y ํ U ๊ I ณ O ฯ P ญ [ ฐ A ฤ S ฆ D ฏ F โ G ฌ H ็ J ๋ K ษ L ศ ; ซ C ฉ V ฮ B ฺ N ์ , ฒ . ฬ / ฦ",
}

// romaji is how kana are typed, as their Latin spelling.
const romaji = "a あ i い u う e え o お ka か ki き ku く ke け ko こ ga が gi ぎ gu ぐ ge げ go ご sa さ shi し su す se せ so そ " +
	"za ざ ji じ zu ず ze ぜ zo ぞ ta た chi ち tsu つ te て to と da だ ji ぢ zu づ de で do ど na な ni に nu ぬ ne ね no の " +
	"ha は hi ひ fu ふ he へ ho ほ ba ば bi び bu ぶ be べ bo ぼ pa ぱ pi ぴ pu ぷ pe ぺ po ぽ ma ま mi み mu む me め mo も " +
	"ya や yu ゆ yo よ ra ら ri り ru る re れ ro ろ wa わ wo を n ん vu ゔ"

// small are the kana that change the sound before them, and what they make of
// its vowel.
var small = map[rune]string{
	'ゃ': "ya", 'ゅ': "yu", 'ょ': "yo", 'ぁ': "a", 'ぃ': "i", 'ぅ': "u", 'ぇ': "e", 'ぉ': "o",
}

const (
	doubling  = 'っ' // the consonant behind it is doubled
	prolonged = 'ー' // the vowel before it is long; people leave it out in Latin letters
)

// of are the keys of each character but the Korean syllables.
var of = func() map[rune]string {
	table := map[rune]string{}
	for _, layout := range append(layouts[:], romaji) {
		fields := strings.Fields(layout)
		for i := 0; i < len(fields); i += 2 {
			for _, r := range fields[i+1] {
				if _, known := table[r]; !known {
					table[r] = fields[i]
				}
			}
		}
	}
	return table
}()

// Korean syllables are made of a first consonant, a vowel and maybe last
// consonants; Unicode has all of them in order.
const (
	firstSyllable = 0xAC00
	lastSyllable  = 0xD7A3
	vowels        = 21
	endings       = 28
)

var (
	onsets   = strings.Fields("r R s e E f a q Q t T d w W c z x v g")
	nuclei   = strings.Fields("k o i O j p u P h hk ho hl y n nj np nl b m ml l")
	codas    = append([]string{""}, strings.Fields("r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g")...)
	katakana = [2]rune{0x30A1, 0x30F6}
)

// hiragana is how far in front of its katakana a hiragana is.
const hiragana = 0x60

// Append appends the keys that a small letter of another script is typed with, a
// capital one for the shift key. It may change the keys of the letter before.
// It tells whether the letter is known.
func Append(typed []rune, r rune) ([]rune, bool) {
	if r < First {
		return typed, false
	}
	if r >= katakana[0] && r <= katakana[1] {
		r -= hiragana
	}
	switch {
	case r >= firstSyllable && r <= lastSyllable:
		return append(typed, []rune(syllable(int(r-firstSyllable)))...), true
	case r == doubling:
		return append(typed, doubling), true
	case r == prolonged:
		return typed, true
	case small[r] != "":
		return appendSmall(typed, small[r]), true
	case of[r] == "":
		return typed, false
	}
	keys := of[r]
	if n := len(typed); n > 0 && typed[n-1] == doubling {
		typed[n-1] = rune(keys[0])
	}
	return append(typed, []rune(keys)...), true
}

// syllable returns the keys of a Korean syllable by its number.
func syllable(n int) string {
	return onsets[n/(vowels*endings)] + nuclei[n/endings%vowels] + codas[n%endings]
}

// appendSmall appends a small kana, which takes the place of a vowel.
func appendSmall(typed []rune, sound string) []rune {
	n := len(typed)
	if n == 0 || !strings.ContainsRune("iue", typed[n-1]) {
		return append(typed, []rune(sound)...)
	}
	typed = typed[:n-1]
	if n > 1 && strings.ContainsRune("hj", typed[n-2]) && len(sound) > 1 && (typed[n-2] == 'j' || n > 2 && strings.ContainsRune("sc", typed[n-3])) {
		sound = sound[1:] // sha, cha, ja
	}
	return append(typed, []rune(sound)...)
}
