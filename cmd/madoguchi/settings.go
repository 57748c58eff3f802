package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"github.com/madoguchi/madoguchi/internal/knowledge/curate"
)

// settings give flags that the command line leaves out: by the environment, as
// MADOGUCHI_COMMAND_FLAG, and after it by the file that --config names, where
// flags stand by name under their command's. docs/config.md lists all.
type settings map[string]map[string]any

// readSettings reads such a file.
func readSettings(r io.Reader) (kong.Resolver, error) {
	const hint = "its form is COMMAND:, and under it FLAG: VALUE; docs/config.md lists them"
	b, err := io.ReadAll(io.LimitReader(r, curate.MaxYAML+1))
	if err != nil {
		return nil, err
	}
	if err := curate.Bounded(b); err != nil {
		return nil, &usageError{fmt.Errorf("the configuration file cannot be read: %w", err), hint}
	}
	s := settings{}
	err = yaml.Unmarshal(b, &s)
	if errors.Is(err, io.EOF) { // nothing in it
		err = nil
	}
	if err != nil {
		return nil, &usageError{fmt.Errorf("the configuration file cannot be read: %s", firstLine(yaml.FormatError(err, false, false))), hint}
	}
	return s, nil
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// Validate refuses what no command has.
func (s settings) Validate(app *kong.Application) error {
	for _, section := range slices.Sorted(maps.Keys(s)) {
		at := slices.IndexFunc(app.Children, func(n *kong.Node) bool { return n.Name == section })
		if at < 0 {
			return &usageError{fmt.Errorf("the configuration file has a section %q, which is no command", section), "madoguchi --help lists the commands"}
		}
		known := allSettable(app.Children[at])
		for _, key := range slices.Sorted(maps.Keys(s[section])) {
			if !slices.ContainsFunc(known, func(f *kong.Flag) bool { return f.Name == key }) {
				return &usageError{fmt.Errorf("the configuration file sets %s under %s, which has no such flag", key, section), "madoguchi " + section + " --help lists them, and docs/config.md"}
			}
		}
	}
	return nil
}

// settable reports whether a file or the environment may set a flag: not one that
// asks whether one is sure.
func settable(f *kong.Flag) bool { return f.Name != "help" && f.Name != "yes" }

// allSettable are those of a command and its subcommands.
func allSettable(n *kong.Node) (list []*kong.Flag) {
	for _, f := range n.Flags {
		if settable(f) {
			list = append(list, f)
		}
	}
	for _, c := range n.Children {
		for _, f := range allSettable(c) {
			if !slices.ContainsFunc(list, func(g *kong.Flag) bool { return g.Name == f.Name }) {
				list = append(list, f)
			}
		}
	}
	return list
}

// variable is the environment variable of a command's flag.
func variable(section, flag string) string {
	return "MADOGUCHI_" + strings.ToUpper(strings.ReplaceAll(section+"_"+flag, "-", "_"))
}

// Resolve gives a flag's value, nil where it is not set.
func (s settings) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	if !settable(flag) {
		return nil, nil
	}
	for _, name := range flag.Envs {
		if os.Getenv(name) != "" {
			return nil, nil // kong has taken it
		}
	}
	n := parent.Node()
	if n == nil || n.Type != kong.CommandNode {
		return nil, nil
	}
	for n.Parent != nil && n.Parent.Type == kong.CommandNode {
		n = n.Parent
	}
	if v := os.Getenv(variable(n.Name, flag.Name)); v != "" {
		return v, nil
	}
	switch v := s[n.Name][flag.Name].(type) {
	case nil:
		return nil, nil
	case []any:
		for i := range v {
			v[i] = fmt.Sprint(v[i])
		}
		return v, nil
	default:
		return fmt.Sprint(v), nil
	}
}
