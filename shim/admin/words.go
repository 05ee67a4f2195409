package admin

import (
	"slices"
	"strings"
	"time"
)

const notServing = "This ZooKeeper instance is not currently serving requests\n"

// Words answers four-letter words.
type Words struct {
	source  Source
	enabled map[string]bool
	words   map[string]func() string
	now     func() time.Time
}

// NewWords returns the words about source. Those in the whitelist are answered
// to clients, "*" stands for all, and srvr is always among them, as in
// ZooKeeper (4lw.commands.whitelist).
func NewWords(source Source, whitelist []string) *Words {
	w := &Words{source: source, enabled: map[string]bool{"srvr": true}, now: time.Now}
	w.words = map[string]func() string{
		"conf": w.conf, "cons": w.cons, "crst": w.crst, "dirs": w.dirs, "dump": w.dump,
		"envi": w.envi, "isro": w.isro, "mntr": w.mntr, "ruok": w.ruok, "srst": w.srst,
		"srvr": w.srvr, "stat": w.stat, "wchc": w.wchc, "wchp": w.wchp, "wchs": w.wchs,
	}
	for _, word := range whitelist {
		if word = strings.TrimSpace(word); word == "*" {
			for known := range w.words {
				w.enabled[known] = true
			}
		}
		w.enabled[word] = true
	}
	return w
}

// All returns the words there are, sorted.
func (w *Words) All() []string {
	all := make([]string, 0, len(w.words))
	for word := range w.words {
		all = append(all, word)
	}
	slices.Sort(all)
	return all
}

// Answer is what a client gets for a word; known is false if there is no such
// word.
func (w *Words) Answer(word string) (reply string, known bool) {
	if _, known := w.words[word]; !known {
		return "", false
	}
	if !w.enabled[word] {
		return word + " is not executed because it is not in the whitelist.\n", true
	}
	return w.say(word), true
}

// say answers a word whether or not it is in the whitelist.
func (w *Words) say(word string) string {
	always := word == "ruok" || word == "isro" || word == "envi"
	if !always && w.source.Serving() != nil {
		return notServing
	}
	return w.words[word]()
}

func (w *Words) ruok() string {
	if w.source.Serving() != nil {
		return notServing
	}
	return "imok"
}

func (w *Words) isro() string {
	if w.source.Serving() != nil {
		return "null"
	}
	return "rw"
}

func (w *Words) crst() string {
	w.source.ResetConnections()
	return "Connection stats reset.\n"
}

func (w *Words) srst() string {
	w.source.ResetFigures()
	return "Server stats reset.\n"
}
