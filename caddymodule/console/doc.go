// Package console is a page on which people try what the gates take: a form that is
// built from their contract, what the rules say of it, a request, and its answer.
package console
