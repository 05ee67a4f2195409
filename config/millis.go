package config

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/pflag"
)

// millis is a duration flag that also takes a bare number of milliseconds.
type millis time.Duration

func millisVar(fs *pflag.FlagSet, d *time.Duration, name string, value time.Duration, usage string) {
	*d = value
	fs.Var((*millis)(d), name, usage)
}

func (m *millis) Set(s string) error {
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		*m = millis(time.Duration(n) * time.Millisecond)
		return nil
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("%q is neither a duration such as 90s nor a number of milliseconds", s)
	}
	*m = millis(d)
	return nil
}

func (m *millis) String() string { return time.Duration(*m).String() }

// Type is the word that stands for the value in --help.
func (m *millis) Type() string { return "duration" }
