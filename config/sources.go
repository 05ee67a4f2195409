package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// Sources says where values come from besides the command line.
type Sources struct {
	// File and ZooCfg are paths, or empty.
	File, ZooCfg string
	// Getenv looks an environment variable up (os.LookupEnv); an empty one
	// counts as not set.
	Getenv func(string) (string, bool)
}

// EnvName returns the environment variable of the option called name.
func EnvName(name string) string {
	return "HQUORUM_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// Fill gives the options of set that the command line left open their values
// from the sources, and returns warnings about what was read but means nothing
// here. Register must have declared set, and set must have been parsed.
func (s Sources) Fill(set *pflag.FlagSet) (warnings []string, err error) {
	open := map[string]bool{}
	set.VisitAll(func(f *pflag.Flag) { open[f.Name] = !f.Changed })

	give := func(name, value, origin string) error {
		if !open[name] {
			return nil
		}
		open[name] = false
		if err := set.Set(name, value); err != nil {
			return fmt.Errorf("%s: %w", origin, unwrapFlag(err))
		}
		return nil
	}

	for name := range open {
		if value, ok := s.Getenv(EnvName(name)); ok && value != "" {
			if err := give(name, value, EnvName(name)); err != nil {
				return nil, err
			}
		}
	}
	if s.File != "" {
		values, err := readYAML(s.File)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			if _, known := open[v.name]; !known {
				return nil, fmt.Errorf("%s: no option is called %q; `hquorum serve --help` lists them", v.origin, v.name)
			}
			if err := give(v.name, v.value, v.origin); err != nil {
				return nil, err
			}
		}
	}
	if s.ZooCfg != "" {
		values, warned, err := readZooCfg(s.ZooCfg)
		if err != nil {
			return nil, err
		}
		warnings = warned
		for _, v := range values {
			if err := give(v.name, v.value, v.origin); err != nil {
				return nil, err
			}
		}
	}
	return warnings, nil
}

// unwrapFlag takes pflag's own phrase off an error, for values that did not
// come from a flag.
func unwrapFlag(err error) error {
	if inner, ok := err.(interface{ Unwrap() error }); ok && inner.Unwrap() != nil {
		return inner.Unwrap()
	}
	return err
}

// setting is a value as a source has it.
type setting struct{ name, value, origin string }

func readYAML(path string) ([]setting, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, readError("--config", path, err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	top := document.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s:%d: a mapping of options to values is wanted, such as `listen: :2181`", path, top.Line)
	}
	var settings []setting
	seen := map[string]bool{}
	for i := 0; i < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		v := setting{name: key.Value, origin: fmt.Sprintf("%s:%d", path, key.Line)}
		if seen[v.name] {
			return nil, fmt.Errorf("%s: %s is set twice", v.origin, v.name)
		}
		seen[v.name] = true
		switch value.Kind {
		case yaml.ScalarNode:
			v.value = value.Value
		case yaml.SequenceNode:
			items := make([]string, 0, len(value.Content))
			for _, item := range value.Content {
				if item.Kind != yaml.ScalarNode {
					return nil, fmt.Errorf("%s: %s takes a list of plain values", v.origin, v.name)
				}
				items = append(items, item.Value)
			}
			v.value = strings.Join(items, ",")
		default:
			return nil, fmt.Errorf("%s: %s takes a plain value or a list", v.origin, v.name)
		}
		settings = append(settings, v)
	}
	return settings, nil
}

func readError(flag, path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("%s %s: %w", flag, path, err)
}
