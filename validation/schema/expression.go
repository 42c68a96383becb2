package schema

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// ecmaScript writes an expression of Go's (RE2) in the syntax that JSON Schema has
// (ECMA-262, with the flag u), in words that Go reads alike: classes are spelled out,
// and nothing is escaped that both need not. It reports false for what the other
// syntax has no word for.
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
	case syntax.OpAnyCharNotNL:
		w.WriteString(`[^\n]`) // a dot leaves more out in the other syntax
	case syntax.OpAnyChar:
		w.WriteString(`[\s\S]`)
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
	default: // of lines, and what never matches
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
	w.group(re.Sub[0])
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

// class writes pairs of a first and a last character.
func (w *expressionWriter) class(ranges []rune) {
	if len(ranges) == 0 {
		w.ok = false // it matches nothing
		return
	}
	w.WriteByte('[')
	for i := 0; i < len(ranges); i += 2 {
		w.character(ranges[i])
		if ranges[i+1] != ranges[i] {
			w.WriteByte('-')
			w.character(ranges[i+1])
		}
	}
	w.WriteByte(']')
}

// character writes one that stands for itself, within a class and outside.
func (w *expressionWriter) character(r rune) {
	switch {
	case r < 0x80 && strings.ContainsRune(`\^$.|?*+()[]{}/`, r):
		w.WriteByte('\\')
		w.WriteRune(r)
	case r == '-' || r < ' ' || 0x7F <= r && r < 0xA0:
		fmt.Fprintf(w, `\x%02x`, r)
	default:
		w.WriteRune(r)
	}
}
