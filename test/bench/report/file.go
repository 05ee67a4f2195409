package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Run is everything that one run of the program measured; the JSON file has it.
type Run struct {
	Began  time.Time     `json:"began"`
	Setup  []string      `json:"setup"`
	Rounds int           `json:"rounds"`
	Time   time.Duration `json:"measurementNs"`
	Points []Point       `json:"points"`
}

// Save writes r as JSON.
func (r *Run) Save(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// Load reads what Save wrote.
func Load(file string) (*Run, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := &Run{}
	return r, json.Unmarshal(text, r)
}

// Write prints r for people, in Markdown.
func (r *Run) Write(w io.Writer) error {
	var err error
	for _, line := range r.Setup {
		_, e := fmt.Fprintf(w, "- %s\n", line)
		err = errors.Join(err, e)
	}
	_, e := fmt.Fprintf(w, "- %s, rounds: %d, a measurement: %s\n", r.Began.Format("2006-01-02 15:04"), r.Rounds, r.Time)
	return errors.Join(err, e, writeTables(w, Rows(r.Points)))
}
