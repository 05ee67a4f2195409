// Package rules holds the tests that keep the rules of the house: which package
// may import which, how long a file may be, and that nothing registers itself.
package rules
