// Command gendict builds the data that package strength embeds: the dictionary
// (dictionary.bin), those of words typed on keyboards of other scripts
// (cyrillic.bin, hebrew.bin and typed.bin), the
// filter of leaked passwords (leaked.bin) and the word lists its tests measure
// with (testdata).
//
// It is run by "go generate" in the folder of package strength and needs the
// npm command. What it fetches is pinned to a version and a SHA-512 digest, so
// that it writes the same bytes each time.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"unicode"
)

func main() {
	out := flag.String("out", ".", "folder of package strength, which the files are written to")
	flag.Parse()
	if err := generate(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gendict:", err)
		os.Exit(1)
	}
}

// generate fetches the sources and writes every file below out.
func generate(out string) error {
	common, err := fetch(languageCommon)
	if err != nil {
		return err
	}
	english, err := fetch(languageEnglish)
	if err != nil {
		return err
	}
	leaks, err := fetch(leakedLists)
	if err != nil {
		return err
	}
	scowl, err := fetch(englishWords)
	if err != nil {
		return err
	}
	frequent, err := fetch(frequentWords)
	if err != nil {
		return err
	}

	own, err := os.ReadFile(filepath.Join(out, "words.txt"))
	if err != nil {
		return err
	}
	words, err := selectWords(common, english, own)
	if err != nil {
		return err
	}
	ownLatin, err := os.ReadFile(filepath.Join(out, "latinwords.txt"))
	if err != nil {
		return err
	}
	if err := words.addLatin(ownLatin); err != nil {
		return err
	}
	if err := writeDictionary(filepath.Join(out, "dictionary.bin"), words); err != nil {
		return err
	}
	ownTyped, err := os.ReadFile(filepath.Join(out, "typedwords.txt"))
	if err != nil {
		return err
	}
	for name, typed := range map[string]struct {
		languages []language
		last      int
		script    *unicode.RangeTable
	}{
		"cyrillic.bin": {cyrillicLanguages, lastCyrillic, unicode.Cyrillic},
		"hebrew.bin":   {hebrewLanguages, lastTyped, unicode.Hebrew},
		"typed.bin":    {otherLanguages, lastTyped, nil},
	} {
		words, err := selectTyped(frequent, typed.languages, typed.last, ownWords(ownTyped, typed.script))
		if err != nil {
			return err
		}
		if err := writeDictionary(filepath.Join(out, name), words); err != nil {
			return err
		}
	}

	leaked, err := selectLeaked(leaks)
	if err != nil {
		return err
	}
	if err := writeFilter(filepath.Join(out, "leaked.bin"), leaked); err != nil {
		return err
	}
	return writeTestdata(filepath.Join(out, "testdata"), words, leaked, common, scowl)
}
