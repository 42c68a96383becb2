// Package strength judges passwords: whether they are built from common words
// and patterns, or from what is known about the customer.
//
// # The rule
//
// Everything common or patterned is taken out of a password; what is left must
// still be worth 7 points. To find out what it is worth, the password is
// covered with pieces, and the cover that costs least counts:
//
//   - a character that no piece covers: 1 point.
//   - a dictionary word of 4 or more characters: 1 point when it is common, else
//     2. Case and accents do not matter, a character also stands for the letters
//     it looks like (@ for a, € for e, 0 for o, 1 for i and l, ...), and a word of 5 or
//     more characters may be reversed. A word of 4 must be common and have at
//     most one such character, a rare word of 5 at most two. A word of 4, and one
//     of 5 with such a character or reversed, must be in regular case: small,
//     capitals, or with a capital in front. Frequent words of German, French,
//     Spanish, Italian, Portuguese, Dutch and Polish count when they have 6 or more
//     letters, with ä for ae or a. A $ or 5 behind a word that has no
//     other such character is no plural.
//   - such a word of 6 or more letters, or a common one of 5 in regular case with 3
//     letters as they are, of which others are drawn with signs or several characters
//     (# for h, |< for k, () for o, ...): one point more.
//   - the same for a word of another script, by the keys that it is typed with: on
//     its own keyboard or on a Latin one (those of fewer than 6 keys in regular
//     shift, those of 4 for 2 points), or 6 to 20 keys in regular shift that are 4
//     bits likelier in Russian and its relatives, or in Hebrew, on a Latin keyboard than at
//     random or in English, for 3 points, for 2 when they are 6 bits likelier; and, for one point more, for any word
//     of 6 or more letters, or a common one of 5 in regular shift, as it comes out on
//     a French, German, Dvorak or Colemak keyboard, or of hands that lie one key beside,
//     above or below their place, in a text of at most 36 characters.
//   - a run of letters of another script that is worth 3 to 12 letters, in regular
//     case; one that is a syllable or a word is worth two: 2 points. No generator
//     of passwords hands out such letters, so that they are always words. Two
//     Latin letters beside them, one of them a capital, are there because the
//     composition rules ask for them: 1 point.
//   - the customer's first or last name or a part of it, a part of the email
//     address, the last 4 or more digits of the phone number or any 6 of it, a
//     form of the birth date; 3 or more characters, reversed or not, with
//     look-alikes or not: nothing. A name counts with or without accents, with
//     ö as oe and the like, and one of another script in any of several
//     spellings (е for ё, ا for أ, hiragana for katakana), in Latin
//     letters (Cyrillic, Greek, Armenian, Georgian, Korean, kana and Chinese, in the
//     several ways that are in use), and by the keys that it is typed with.
//   - one character three times or more, the letter A in both cases, a run of
//     three or more characters at distance 1 (of four or more at distance 2), a
//     straight run of three or more keys along a row, a block that is the block
//     before it again, or that backward in 4 or more characters, or whose keys, 3 or
//     more, are each one step from those before, in the alphabet or along a row, in the
//     same shift (Aa1!Bb2@): 1 point. All but the blocks must be in regular shift: all
//     of it without the shift key, all with it, or only the first character with it.
//     From four on one character again and again and keys, from five on characters at
//     distance 1 need not.
//   - four or more keys along a row or a column of the keyboard of any country or
//     script, shifted in any way: 1 point; three of a column: 2. Two or more such runs
//     of three or more keys, one behind the other: 2 together, 3 with any character
//     between the last two.
//   - a walk over 4 or more neighbouring keys of the US keyboard, in any of eight
//     directions, all shifted or all not: 2 points; over 5 or more that touch, in
//     regular shift: 1; over 6 or more of it or of the German or French one, shifted
//     in any way: 2. Keys of one column of the US keyboard in any order and regular
//     shift: three count 2 points, four or more 1. Six or more keys of a column and
//     those beside it: 2.
//   - a year from 1920 to 2049 or one like 2k15, a date of 6 or 8 digits or with
//     separators, the abbreviation of a month or weekday with a number: 1 point.
//   - a day and a month in four digits, any other three or more digits: 2 points.
//   - another run of 4 to 12 letters that reads like a word (small, capitals, or
//     with a capital in front; spelled so that it is at most 6 bits less likely in
//     the dictionary than among random letters, at most 1 bit when it has 4 or 5
//     letters): 3 points. Characters that look like letters count themselves but
//     do not part the run, whose letters then have to be half a bit likelier on
//     average. When they are 5 bits likelier together, the run is a word in
//     disguise and all its look-alikes count 1; without any, every other one of 6
//     letters or more may be a capital then.
//
// Three or more words, in the dictionary or not, are a phrase and count one point
// more than their pieces, unless one of these is about the customer.
//
// The same is tried with the password's symbols taken out, for one point more each but
// those that repeat the one two characters before, with one period of a periodic
// password, for one point more, with each run of one character made one, which may
// then stand for two, for one point more, without four or more digits or symbols
// between single letters that are the same or count (p1a2s3s4), for one point more,
// without the first number of 2 to 8 digits between letters, for two points more or
// one if it is a year, and with letters of other scripts replaced by the keys that
// they are typed with; but for the period, only when at most 36 characters are left.
// The lowest result counts. A password that is exactly one of a set of leaked ones is
// worth 1 point whatever it is made of.
//
// # Good passwords
//
// Random characters hold short patterns by chance, the more of them the more
// letters and the fewer symbols they are drawn from. The rule tells chance from
// intent by how people write:
//
//   - They hold the shift key throughout, never, or for the first character, so
//     that a short word in disguise, a run, or a walk over keys that alternates is
//     chance. Long ones are intent whatever their case is.
//   - They make up words that can be spoken, so that a run that is spelled like no
//     word is chance: each letter is compared with the two behind it. Counting
//     vowels and rows of consonants is a coarser way to ask this: it takes more
//     random letters for words, and fewer real words.
//   - Every other random character can be read as a letter when look-alikes and
//     digits count as letters, so that a run with these must be more word-like than
//     one of letters alone, and yet more when they count together.
//   - They choose a word and something behind it, not three words.
//
// # Bounds
//
// The rule is deterministic, needs no network, and does a bounded amount of
// work on any input: at most 128 characters are judged.
//
// # Making a message
//
// A Verdict names the kinds of pieces that sank a password, never their text,
// and never where they are. Join the kinds to say why it was refused:
//
//	v := scorer.Judge(password, about)
//	if !v.Enough {
//		// "a common word, a year"
//	}
//
// When Verdict.Personal is set, the reason is the customer's own data, which is
// worth a message, and a code, of its own. When there are no kinds, the password
// has nothing common in it but is too short for the points asked for.
//
// # Data
//
// The dictionaries (dictionary.bin of words as they are written, cyrillic.bin,
// hebrew.bin and typed.bin of words by the keys they are typed with) and the set of leaked passwords are embedded,
// 700 KB together; see NOTICE for where they come from, words.txt for the words of
// the platform itself and typedwords.txt and latinwords.txt for more words of other scripts and languages. "go
// generate" builds all of them again, byte for byte; it needs npm.
package strength

//go:generate go run ./internal/gendict
