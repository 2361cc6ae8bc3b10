package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

func (c *cli) attackUseCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "use RELEASE|FILE",
		Short: "Pin the release of ATT&CK in the configuration",
		Long: `Pin the facts by which tags are judged: a release that socctl has, or a file of
imported facts. Only that line of the configuration changes; a configuration that is
not there is created.`,
		Example: "  socctl attack use 19.1\n  socctl attack use .socctl/attack/enterprise-attack-19.2.tsv",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("name one release, or one file of facts")
			}
			return nil
		},
		ValidArgs: attack.Releases(),
		RunE:      func(_ *cobra.Command, args []string) error { return c.attackUse(args[0]) },
	}
}

// attackUse makes the configuration name a release or a file of facts.
func (c *cli) attackUse(name string) error {
	facts, err := c.facts(name)
	if err != nil {
		return err
	}
	path := c.configPath
	if path == "" {
		path = config.Name
		if found, ok := config.Find("."); ok {
			path = found
		}
	}
	key, value := "version", `"`+name+`"`
	if !slices.Contains(attack.Releases(), name) {
		if key, value, err = pathOfFacts(path, name); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	source, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &exitError{exitUnreadable, err}
	}
	after, err := c.pinned(path, source, key, value)
	if err != nil {
		return err
	}
	if !bytes.Equal(source, after) {
		if err := replaceFile(path, after); err != nil {
			return &exitError{exitUnreadable, err}
		}
	}
	if !c.quiet {
		fmt.Fprintf(c.stdout, "%s uses %s\n", report.Clean(filepath.ToSlash(path)), facts.Label())
	}
	return nil
}

var plainPath = regexp.MustCompile(`^[A-Za-z0-9._/][A-Za-z0-9._/-]*$`)

// pathOfFacts returns a path as the configuration at another one has to name it.
func pathOfFacts(configuration, path string) (key, value string, err error) {
	dir, err := filepath.Abs(filepath.Dir(configuration))
	if err != nil {
		return "", "", err
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return "", "", err
	}
	value = full
	if rel, err := filepath.Rel(dir, full); err == nil {
		value = rel
	}
	value = filepath.ToSlash(value)
	if !plainPath.MatchString(value) {
		quoted, err := json.Marshal(value)
		if err != nil {
			return "", "", err
		}
		value = string(quoted)
	}
	return "facts", value, nil
}

// pinned returns a configuration that names facts, all else byte for byte as it
// was.
func (c *cli) pinned(path string, source []byte, key, value string) ([]byte, error) {
	mark := []byte("\xef\xbb\xbf")
	text, marked := bytes.CutPrefix(source, mark)
	after := withFacts(path, text, key, value)
	now, diags := config.Parse(path, after)
	if diags.Count(rules.Error) > 0 || now.Attack.Version.Present() == now.Attack.Facts.Present() {
		_, before := config.Parse(path, text)
		c.diagnose(before)
		return nil, usageError("%s cannot be edited: write  attack: {%s: %s}  into it", path, key, value)
	}
	if marked {
		after = slices.Concat(mark, after)
	}
	return after, nil
}

// withFacts replaces what is pinned, or adds it at the end.
func withFacts(path string, text []byte, key, value string) []byte {
	docs, _ := rules.ParseNodes(filepath.ToSlash(path), text)
	var section *rules.Node
	if len(docs) > 0 {
		section = docs[0].Get("attack")
	}
	if section != nil {
		for _, e := range section.Entries {
			if e.Key.Text == "version" || e.Key.Text == "facts" {
				return lint.Apply(text, []lint.Edit{{Span: e.Key.Span, Text: key}, {Span: e.Value.Span, Text: value}})
			}
		}
	}
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	out := string(text)
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += end
	}
	return []byte(out + "attack:" + end + "    " + key + ": " + value + end)
}
