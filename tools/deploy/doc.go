// Package deploy is the tests of what is in the folder deploy, with the libraries of
// those who read it.
package deploy
