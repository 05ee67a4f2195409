// Package report turns what was measured into tables, verdicts and JSON.
//
// A Point is one measurement of one server in one round; points with the same
// scenario, op and shape are a row. Numbers in a row are medians over the
// rounds; the ratio is taken round by round, since what else the machine does
// changes from round to round, and shown as its median with the least and the
// greatest. Rounds in which other programs used the machine are left out where
// there are others; the JSON has them.
package report
