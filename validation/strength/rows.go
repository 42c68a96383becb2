package strength

import (
	"unicode"
	"unicode/utf8"
)

// otherRows are rows of keys of other keyboards than the US one, from left to
// right, one string for each layer that differs from a row of that, then their
// columns. Dead keys are left out where a row can do without.
var otherRows = [...]string{
	// digits with the shift key, or without it where that gives symbols
	`!"£$%^&*()_+`,   // United Kingdom
	`°!"§$%&/()=?`,   // Germany, Austria
	`²&é"'(-è_çà)=`,  // France
	`@&é"'(§è!çà)-`,  // Belgium, France on a Mac
	`ª!"·$%&/()=?¿`,  // Spain
	`!"#$%&/()=?¡`,   // Latin America, Portugal
	`|!"£$%&/()=?^`,  // Italy
	`½!"#¤%&/()=?`,   // Nordic countries
	`§!"#€%&/()=?`,   // Nordic countries on a Mac
	`°+"*ç%&/()=?`,   // Switzerland
	`|!"/$%?&*()_+`,  // Canada
	`'!@#$%¨&*()_+`,  // Brazil
	`é!'^+%&/()=?_`,  // Turkey
	`;+ěščřžýáíé=`,   // Czechia
	`;+ľščťžýáíé=`,   // Slovakia
	`§'"+!%/=()öüó`,  // Hungary
	`!"#$%&'()=~|`,   // Japan
	`ё!"№;%:?*()_+`,  // Russia
	`'!"№;%:?*()_+`,  // Ukraine
	`^1234567890ß`,   // Germany, Austria
	`1234567890'ì`,   // Italy
	`ºº1234567890'¡`, // Spain
	`§1234567890+`,   // Nordic countries

	// letters
	"azertyuiop", "qsdfghjklmù", "<wxcvbn,;:!", // France
	"qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-", // Germany
	"asdfghjkløæ", "asdfghjklæø", "asdfghjklñ", "asdfghjklç", "asdfghjklòàù",
	"qwertyuiopå", "qwertyuiopğü", "asdfghjklşi", "zxcvbnmöç",
	"',.pyfgcrl/=", "aoeuidhtns-", ";qjkxbmwvz", // Dvorak
	"qwfpgjluy;", "arstdhneio'", "zxcvbkm,./", // Colemak
	"йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю.", "йцукенгшщзхї", "фівапролджє", // Russia, Ukraine
	";ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ",
	"/'קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ",
	"ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ", "شسیبلاتنمکگ", "ظطزرذدپو",
	"ぬふあうえおやゆよわほへ", "たていすかんなにらせ", "ちとしはきくまのりれけむ", "つさそひこみもねるめ",
	"ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ",

	// columns
	"1aqw", "&aqw", "2zsx", "ézsx", `"edc`, "'rfv", "(tgb", "-yhn", // France
	"1qay", "!qay", `"wsx`, "§edc", "6zhn", "&zhn", "/ujm", "(ik,", // Germany
	"1йфя", "2цыч", "3увс", "4кам", "5епи", "6нрт", "7гоь", "8шлб", "9щдю", // Russia
}

// inRow is a place in one of otherRows.
type inRow struct{ row, column int8 }

// rowPlaces are the places of each character.
var rowPlaces = func() (places struct {
	ascii [utf8.RuneSelf][]inRow
	other map[rune][]inRow
}) {
	places.other = map[rune][]inRow{}
	for row, characters := range otherRows {
		column := int8(0)
		for _, r := range characters {
			at := inRow{int8(row), column}
			if r < utf8.RuneSelf {
				places.ascii[r] = append(places.ascii[r], at)
			} else {
				places.other[r] = append(places.other[r], at)
			}
			column++
		}
	}
	return places
}()

// placesOf returns the places of a character, letters in small.
func placesOf(r rune) []inRow {
	if r < utf8.RuneSelf {
		return rowPlaces.ascii[r]
	}
	return rowPlaces.other[unicode.ToLower(r)]
}

const (
	leastRow  = 4 // keys
	rowPoints = 1
)

// rows watches for runs along the rows of other keyboards.
type rows [len(otherRows)]rowRun

// rowRun is a run along one row.
type rowRun struct {
	length int8 // of the run so far
	column int8 // of its last key
	step   int8
	end    uint8 // the place behind its last key
}

// extend offers the runs that end at a place, which is not the first.
func (r *rows) extend(c *cover, place int) {
	for _, at := range placesOf(c.typed[place-1]) {
		run := &r[at.row]
		run.press(at.column, place)
		for length := leastRow; length <= int(run.length); length++ {
			c.offer(place-length, place, rowPoints, KindKeyboard)
		}
	}
}

// press takes the next key of the row.
func (r *rowRun) press(column int8, place int) {
	step := column - r.column
	switch {
	case r.length == 0 || int(r.end) != place-1 || step != 1 && step != -1:
		r.length = 1
	case step == r.step:
		r.length++
	default:
		r.length = 2
	}
	r.column, r.step, r.end = column, step, uint8(place)
}
