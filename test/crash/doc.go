// Package crash ends the server with kill -9 again and again while clients
// write, and reads back what they were told.
package crash
