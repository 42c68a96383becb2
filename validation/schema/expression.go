package schema

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// ecmaScript writes an expression of Go's (RE2) in the syntax that JSON Schema has
// (ECMA-262), in words that mean the same to Go, and with and without the flag u:
// without, a character beyond U+FFFF is two, so it may only stand where there may be
// any number. It reports false for what cannot be said so.
func ecmaScript(expression string) (pattern string, ok bool) {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return "", false
	}
	w := expressionWriter{ok: true}
	w.write(parsed)
	return w.String(), w.ok
}

type expressionWriter struct {
	strings.Builder
	ok bool
}

func (w *expressionWriter) write(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		w.WriteString("(?:)")
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			w.literal(r, re.Flags&syntax.FoldCase != 0)
		}
	case syntax.OpCharClass:
		w.class(re.Rune)
	case syntax.OpBeginText:
		w.WriteByte('^')
	case syntax.OpEndText:
		w.WriteByte('$')
	case syntax.OpWordBoundary:
		w.WriteString(`\b`)
	case syntax.OpNoWordBoundary:
		w.WriteString(`\B`)
	case syntax.OpCapture:
		w.group(re.Sub[0])
	case syntax.OpStar:
		w.repeat(re, "*")
	case syntax.OpPlus:
		w.repeat(re, "+")
	case syntax.OpQuest:
		w.repeat(re, "?")
	case syntax.OpRepeat:
		w.repeat(re, times(re.Min, re.Max))
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			w.part(sub)
		}
	case syntax.OpAlternate:
		w.alternatives(re.Sub)
	default: // of lines, any one character, and what never matches
		w.ok = false
	}
}

// times is how often something is there, -1 for no end.
func times(least, most int) string {
	switch most {
	case least:
		return fmt.Sprintf("{%d}", least)
	case -1:
		return fmt.Sprintf("{%d,}", least)
	}
	return fmt.Sprintf("{%d,%d}", least, most)
}

func (w *expressionWriter) group(re *syntax.Regexp) {
	w.WriteString("(?:")
	w.write(re)
	w.WriteByte(')')
}

// part writes a piece of a sequence.
func (w *expressionWriter) part(re *syntax.Regexp) {
	if re.Op == syntax.OpAlternate {
		w.group(re)
		return
	}
	w.write(re)
}

func (w *expressionWriter) repeat(re *syntax.Regexp, how string) {
	sub := re.Sub[0]
	if wide := complement(sub); wide != nil && unbounded(re) {
		w.allBut(wide)
	} else {
		w.group(sub)
	}
	w.WriteString(how)
	if re.Flags&syntax.NonGreedy != 0 {
		w.WriteByte('?')
	}
}

func (w *expressionWriter) alternatives(subs []*syntax.Regexp) {
	for i, sub := range subs {
		if i > 0 {
			w.WriteByte('|')
		}
		w.part(sub)
	}
}

// literal writes a character, or all that are the same in another case.
func (w *expressionWriter) literal(r rune, fold bool) {
	if other := unicode.SimpleFold(r); fold && other != r {
		w.ok = w.ok && r <= maxUnit
		w.WriteByte('[')
		w.character(r)
		for ; other != r; other = unicode.SimpleFold(other) {
			w.character(other)
		}
		w.WriteByte(']')
		return
	}
	w.character(r)
}

// unbounded reports whether something may be there any number of times.
func unbounded(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar || re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat && re.Max == -1
}

// complement is what a class with everything beyond U+FFFF leaves out, nil for any
// other expression.
func complement(re *syntax.Regexp) []rune {
	switch re.Op {
	case syntax.OpAnyCharNotNL:
		return []rune{'\n', '\n'}
	case syntax.OpAnyChar:
		return []rune{}
	case syntax.OpCharClass:
	default:
		return nil
	}
	out, next := []rune{}, rune(0)
	for i := 0; i < len(re.Rune); i += 2 {
		if re.Rune[i] > next {
			out = append(out, next, re.Rune[i]-1)
		}
		next = re.Rune[i+1] + 1
	}
	if next <= unicode.MaxRune || len(out) > 0 && out[len(out)-1] > maxUnit {
		return nil
	}
	return out
}

const maxUnit = 0xFFFF // the last character that is one unit of UTF-16

// class writes a class of characters up to U+FFFF.
func (w *expressionWriter) class(ranges []rune) {
	if len(ranges) == 0 || ranges[len(ranges)-1] > maxUnit {
		w.ok = false
		return
	}
	w.WriteByte('[')
	w.ranges(ranges)
	w.WriteByte(']')
}

func (w *expressionWriter) allBut(ranges []rune) {
	if len(ranges) == 0 {
		w.WriteString(`[\s\S]`)
		return
	}
	w.WriteString("[^")
	w.ranges(ranges)
	w.WriteByte(']')
}

// ranges writes pairs of a first and a last character.
func (w *expressionWriter) ranges(ranges []rune) {
	for i := 0; i < len(ranges); i += 2 {
		w.character(ranges[i])
		if ranges[i+1] != ranges[i] {
			w.WriteByte('-')
			w.character(ranges[i+1])
		}
	}
}

func (w *expressionWriter) character(r rune) { w.WriteString(character(r)) }

// character writes one that stands for itself, within a class and outside.
func character(r rune) string {
	switch {
	case strings.ContainsRune(`\^$.|?*+()[]{}/`, r):
		return `\` + string(r)
	case r == '-' || r < ' ' || 0x7F <= r && r < 0xA0:
		return fmt.Sprintf(`\x%02x`, r)
	}
	return string(r)
}
