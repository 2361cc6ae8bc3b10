package main

import (
	"fmt"
	"os"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/logsource"
)

// loadedRules is a compiled set of rules with all its problems.
type loadedRules struct {
	written *rules.Set // as the files have them
	set     *rules.Set // as the pipelines left them
	piped   func(*rules.Set) (*rules.Set, rules.Diagnostics)
	program *compiler.Program
	diags   rules.Diagnostics
}

// config reads the configuration that --config names or that lies in dir or
// above it. Without any it returns an empty one.
func (c *cli) config(dir string) (*config.Config, error) {
	path := c.configPath
	if path == "" {
		found, ok := config.Find(dir)
		if !ok {
			return &config.Config{}, nil
		}
		path = found
	}
	cfg, diags := config.Load(path)
	if len(diags) > 0 {
		c.diagnose(diags)
	}
	if diags.Count(rules.Error) > 0 {
		return nil, &exitError{code: exitUsage}
	}
	c.keepNames(cfg)
	return cfg, nil
}

// loadRules loads and compiles rules, of the configuration if no path is
// given, and shows their problems.
func (c *cli) loadRules(cfg *config.Config, paths, pipelines []string) (*loadedRules, error) {
	paths, err := c.pathsOfRules(cfg, paths)
	if err != nil {
		return nil, err
	}
	p, err := c.pipelines(cfg, pipelines)
	if err != nil {
		return nil, err
	}
	l := &loadedRules{}
	l.piped = func(set *rules.Set) (*rules.Set, rules.Diagnostics) {
		result, diags := p.all.Apply(set, p.options(cfg))
		return result.Set, diags
	}
	l.written, l.diags = rules.LoadPaths(paths...)
	var changed rules.Diagnostics
	l.set, changed = l.piped(l.written)
	l.diags = append(l.diags, changed...)
	var compiled rules.Diagnostics
	l.program, compiled = compiler.Compile(l.set, compiler.Options{Placeholders: cfg.PlaceholderValues(), Now: c.now})
	l.diags = append(l.diags, compiled...)
	l.diags.Sort()
	c.showProblems(l.diags)
	c.tellExpired(l.program.Expiry)
	if len(l.program.Rules) == 0 {
		return nil, noRules(l, paths)
	}
	return l, nil
}

// pathsOfRules are those that were named, else those of the configuration.
func (c *cli) pathsOfRules(cfg *config.Config, named []string) ([]string, error) {
	if len(named) > 0 {
		return named, nil
	}
	paths, err := c.expand(cfg, cfg.Rules)
	if err == nil && len(paths) == 0 {
		err = usageError("no rules: name them with -r, or in rules: of .socctl.yml")
	}
	return paths, err
}

func noRules(l *loadedRules, paths []string) error {
	return &exitError{max(l.exitCode(), exitUsage), fmt.Errorf("no rule to evaluate in %v", paths)}
}

// showProblems prints errors with excerpts, and warnings only as a count.
func (c *cli) showProblems(diags rules.Diagnostics) {
	c.diagnose(errorsOf(diags))
}

func errorsOf(diags rules.Diagnostics) (errs rules.Diagnostics) {
	for _, d := range diags {
		if d.Severity == rules.Error {
			errs = append(errs, d)
		}
	}
	return errs
}

// rejected counts the documents that are not evaluated, those among them of which nothing
// could be made.
func (l *loadedRules) rejected() int {
	invalid := 0
	for _, f := range l.set.Filters {
		if f.Invalid {
			invalid++
		}
	}
	return l.set.Lost + len(l.set.Rules) - len(l.program.Rules) + len(l.set.Correlations) - len(l.program.Correlations) + invalid
}

// exitCode is what the problems of the rules alone make of a run.
func (l *loadedRules) exitCode() int {
	code := exitClean
	for _, d := range l.diags {
		switch {
		case d.Code == rules.CodeUnreadable:
			code = exitUnreadable
		case d.Severity == rules.Error:
			code = max(code, exitFindings)
		}
	}
	return code
}

// expand turns paths and globs of the configuration into paths from here.
func (c *cli) expand(cfg *config.Config, patterns []rules.Scalar) ([]string, error) {
	paths, diags := cfg.Expand(patterns)
	c.diagnose(diags)
	if diags.Count(rules.Error) > 0 {
		return nil, &exitError{code: exitUsage}
	}
	return paths, nil
}

// views returns the built-in views with those of the configuration over them.
func (c *cli) views(cfg *config.Config) (*logsource.Table, error) {
	override := cfg.Telemetry.Logsource
	name, data := cfg.Path, []byte(override.Text)
	if override.Path.Present() {
		name = cfg.Resolve(override.Path.Text)
		read, err := os.ReadFile(name)
		if err != nil {
			return nil, c.cannotBeRead(override.Path, err)
		}
		data = read
	}
	table, err := viewTable(name, data)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return table, nil
}

// viewTable returns the built-in views with those of a text over them, if it has any.
func viewTable(name string, text []byte) (*logsource.Table, error) {
	if len(text) == 0 {
		return logsource.Default(), nil
	}
	table, err := logsource.Parse(name, text)
	if err != nil {
		return nil, err
	}
	table = logsource.Default().With(table)
	if err := table.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return table, nil
}
