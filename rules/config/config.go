// Package config reads .socctl.yml, the file that says where a project keeps
// its rules and tests and how its telemetry looks.
//
// It is strict: an unknown key, a wrong type or a path that leads nowhere is a
// diagnostic with file, line and column, never silently ignored. The JSON schema
// in Schema accepts what Load accepts and serves editors.
package config

import (
	"bytes"
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/socctl/socctl/rules"
)

// Name is the name of the configuration file; OtherName is one too, where there
// is no file of the first.
const (
	Name      = ".socctl.yml"
	OtherName = ".socctl.yaml"
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON schema of the file.
func Schema() []byte { return bytes.Clone(schema) }

// Config is a configuration as it is written. What is absent has its zero
// value; defaults are up to the commands.
type Config struct {
	Path         string         // of the file, "" if there is none
	Dir          string         // folder of the file, which relative paths start from
	Rules        []rules.Scalar // paths or globs
	Tests        []rules.Scalar // paths or globs
	Telemetry    Telemetry
	Placeholders []Placeholder
	Pipelines    []rules.Scalar // names of built-in pipelines, or paths, applied to all rules
	Taxonomies   []Taxonomy
	Test         Test
	Attack       Attack
	CI           CI

	// Sections of commands that check them on their own; nil if absent.
	Lint     *rules.Node
	Budgets  *rules.Node
	Coverage *rules.Node
	Feedback *rules.Node
	// Lifecycle holds what rules must show for a status.
	Lifecycle *rules.Node
}

// Telemetry says how recorded events are mapped to what rules expect.
type Telemetry struct {
	Logsource  Logsource
	Recordings []rules.Scalar // that a backtest replays: paths or globs
	Baseline   []rules.Scalar // further ones, known to be benign
	Span       rules.Span
}

// Logsource is a table of views that overrides the built-in one: a path or an
// inline map, or neither.
type Logsource struct {
	Path   rules.Scalar
	Inline *rules.Node
	Text   string // of an inline map: YAML in which it stands at its line and column
	Span   rules.Span
}

// Placeholder gives the values that %Name% stands for in rules.
type Placeholder struct {
	Name   rules.Scalar
	Values []rules.Scalar
}

// Taxonomy gives the pipelines that map the field names of a taxonomy to those
// of Sigma.
type Taxonomy struct {
	Name      rules.Scalar
	Pipelines []rules.Scalar // names of built-in ones, or paths
}

// Test configures the test runner.
type Test struct {
	AllowMissingRecordings bool
	Span                   rules.Span
}

// CI configures what is made of a pull request.
type CI struct {
	Policies []rules.Scalar // folders of gates in Rego
	// PreExisting says what becomes of what was wrong before the change too: advise or
	// block; "" means advise.
	PreExisting rules.Scalar
	Span        rules.Span
}

// Attack configures the ATT&CK facts that are used: a release that socctl has, or
// a file of facts that was imported, or neither.
type Attack struct {
	Version rules.Scalar
	Facts   rules.Scalar // path
	Span    rules.Span
}

// Find looks for the configuration of a folder there and in the folders above.
// The path is relative to the working directory if dir is.
func Find(dir string) (path string, ok bool) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	for at := start; ; at = filepath.Dir(at) {
		for _, name := range []string{Name, OtherName} {
			if !isFile(filepath.Join(at, name)) {
				continue
			}
			up, err := filepath.Rel(start, at)
			if err != nil {
				return filepath.Join(at, name), true
			}
			return filepath.Join(dir, up, name), true
		}
		if at == filepath.Dir(at) {
			return "", false
		}
	}
}

// isFile reports whether a path is there and no folder. A link that leads
// nowhere counts: reading it tells what is wrong.
func isFile(path string) bool {
	if _, err := os.Lstat(path); err != nil {
		return false
	}
	info, err := os.Stat(path)
	return err != nil || !info.IsDir()
}

// Load reads a configuration. It is nil only if the file cannot be read; with
// other errors among the diagnostics it holds what could be understood.
func Load(path string) (*Config, rules.Diagnostics) {
	data, err := os.ReadFile(path)
	if err != nil {
		reason := err
		if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
			reason = pathError.Err
		}
		return nil, rules.Diagnostics{{Code: rules.CodeUnreadable, Severity: rules.Error,
			Span:    rules.Span{File: &rules.File{Path: filepath.ToSlash(path)}},
			Message: "cannot be read: " + reason.Error(), Help: "check the path and its permissions"}}
	}
	return Parse(path, data)
}

// Parse is Load for a file that was read already. It is never nil.
func Parse(path string, data []byte) (*Config, rules.Diagnostics) {
	c := &Config{Path: path, Dir: filepath.Dir(path)}
	docs, diags := rules.ParseNodes(filepath.ToSlash(path), data)
	p := parser{diags: diags}
	for i, doc := range docs {
		if i > 0 {
			p.errorf("config/wrong-type", doc.Span, "a configuration is one document", "remove what stands behind ---")
			break
		}
		p.object(doc, "the configuration", p.root(c))
	}
	p.diags.Sort()
	return c, p.diags
}

// Resolve returns a path of the configuration as it is to be opened: relative
// paths start from the folder of the file.
func (c *Config) Resolve(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.Dir, filepath.FromSlash(path))
}

// Expand resolves a list of paths and globs. Without special characters a path
// stands for itself, whether it exists or not; a glob that matches nothing is an
// error.
func (c *Config) Expand(patterns []rules.Scalar) ([]string, rules.Diagnostics) {
	var out []string
	var p parser
	for _, pattern := range patterns {
		path := c.Resolve(pattern.Text)
		if !strings.ContainsAny(pattern.Text, "*?[") {
			out = append(out, path)
			continue
		}
		switch matches, err := filepath.Glob(c.pattern(pattern.Text)); {
		case err != nil:
			p.errorf("config/glob", pattern.Span, "pattern "+pattern.Text+" is malformed", "close the bracket")
		case len(matches) == 0:
			p.errorf("config/glob", pattern.Span, "nothing matches "+pattern.Text, "")
		default:
			out = append(out, matches...)
		}
	}
	return out, p.diags
}

// pattern is Resolve for a glob: nothing in the folder's own name is special.
func (c *Config) pattern(glob string) string {
	if filepath.IsAbs(glob) {
		return glob
	}
	literal := strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(c.Dir)
	return filepath.Join(literal, filepath.FromSlash(glob))
}

// PlaceholderValues returns the placeholders by name.
func (c *Config) PlaceholderValues() map[string][]string {
	out := make(map[string][]string, len(c.Placeholders))
	for _, p := range c.Placeholders {
		values := make([]string, len(p.Values))
		for i, v := range p.Values {
			values[i] = v.Text
		}
		out[p.Name.Text] = values
	}
	return out
}
