package config

import (
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// Setting is an option and its value as text; a secret's value is hidden.
type Setting struct{ Name, Value string }

// Effective returns the settings of the flags that Register declared, in their
// order there, with secrets hidden.
func Effective(set *pflag.FlagSet) []Setting {
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(Options).Register(own)
	own.SortFlags = false
	var settings []Setting
	own.VisitAll(func(f *pflag.Flag) {
		given := set.Lookup(f.Name)
		s := Setting{f.Name, given.Value.String()}
		if list, ok := given.Value.(pflag.SliceValue); ok {
			s.Value = strings.Join(list.GetSlice(), ",")
		}
		if secrets[s.Name] && s.Value != "" {
			s.Value = "(hidden)"
		}
		settings = append(settings, s)
	})
	return settings
}

// YAML renders settings as a file that --config reads; hidden ones are left
// out.
func YAML(settings []Setting) ([]byte, error) {
	top := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range settings {
		if secrets[s.Name] {
			continue
		}
		top.Content = append(top.Content,
			&yaml.Node{Kind: yaml.ScalarNode, Value: s.Name},
			&yaml.Node{Kind: yaml.ScalarNode, Value: s.Value, Style: yaml.DoubleQuotedStyle})
	}
	return yaml.Marshal(top)
}
