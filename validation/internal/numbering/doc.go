// Package numbering knows the telephone numbering plans of the world as libphonenumber
// does: which numbers are valid, and how E.164 spells them. plans.txt has the patterns;
// internal/genplans writes it from the library's metadata.
package numbering

//go:generate go run ./internal/genplans plans.txt
