// Package languages is the option `languages` of a gate: in which language it
// answers, and the catalogues of its messages.
//
// A message is English where it comes into being, and has a key with params beside
// ([Message]). A [Speaker] chooses a [Tongue] for a request's Accept-Language, and
// the tongue says the message. English costs nothing: it is there already.
//
// A catalogue is a file in JSON, whether it is one of those compiled in (folder
// catalogues) or an operator's: see docs/languages.md. Its sentences are those of the
// tables of package validation, and of the refusals here. The catalogues stand here
// rather than in validation, which runs in browsers too and has to stay small: there
// they are files like any other ([BuiltIn]).
package languages
