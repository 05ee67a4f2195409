// Package scenario has what is done to the servers, one file for each scenario.
//
// A scenario starts its servers afresh, warms them up, and then gives each its
// turns, round by round, with the order turned round from round to round.
package scenario
