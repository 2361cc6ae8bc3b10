package lsp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
	"github.com/socctl/socctl/rules/logsource"
)

// setup is what a configuration asks for. What is wrong with the configuration
// is left out, and told by its problems.
type setup struct {
	cfg        *config.Config
	known      *lint.Catalogue
	settings   *lint.Config
	baseline   *lint.Baseline
	options    project.Options
	normaliser *telemetry.Normaliser
	problems   rules.Diagnostics
}

// newSetup carries a configuration out, as the commands do.
func newSetup(ctx context.Context, cfg *config.Config, problems rules.Diagnostics, o *Options) *setup {
	s := &setup{cfg: cfg, problems: problems}
	var diags rules.Diagnostics
	s.known, diags = o.Checks(ctx, cfg)
	s.add(diags)
	s.settings, diags = lint.NewConfig(cfg.Lint, cfg.Dir, s.known)
	s.add(diags)
	s.options = project.Options{Placeholders: cfg.PlaceholderValues(), Now: time.Now().UTC(), Table: s.table()}
	s.normaliser = telemetry.NewNormaliser(s.options.Table)
	s.pipelines()
	s.options.RuleDirs = s.expand(cfg.Rules)
	s.options.TestDirs = s.expand(cfg.Tests)
	s.options.Paths = s.options.RuleDirs
	if len(s.options.Paths) == 0 && cfg.Dir != "" {
		s.options.Paths, s.options.Found = usualFolders(cfg.Dir), true
	}
	if len(s.options.Paths) == 0 && cfg.Path != "" {
		s.options.Paths = []string{cfg.Dir}
	}
	s.facts()
	s.readBaseline()
	return s
}

func (s *setup) add(diags rules.Diagnostics) { s.problems = append(s.problems, diags...) }

func (s *setup) wrong(at rules.Span, message string) {
	s.problems = append(s.problems, rules.Diagnostic{Code: "config/unusable", Severity: rules.Error, Span: at, Message: message})
}

// usualFolders are those in which rules lie without a configuration.
func usualFolders(dir string) []string {
	var found []string
	for _, pattern := range []string{"rules", "rules-*", "filters", "correlations"} {
		matches, _ := filepath.Glob(filepath.Join(escapeGlob(dir), pattern))
		for _, m := range matches {
			if info, err := os.Stat(m); err == nil && info.IsDir() {
				found = append(found, m)
			}
		}
	}
	return found
}

func escapeGlob(dir string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(dir)
}

func (s *setup) expand(patterns []rules.Scalar) []string {
	paths, diags := s.cfg.Expand(patterns)
	s.add(diags)
	return paths
}

// table returns the built-in views with those of the configuration over them.
func (s *setup) table() *logsource.Table {
	override := s.cfg.Telemetry.Logsource
	name, data := s.cfg.Path, []byte(override.Text)
	if override.Path.Present() {
		var err error
		name = s.cfg.Resolve(override.Path.Text)
		if data, err = os.ReadFile(name); err != nil {
			s.wrong(override.Path.Span, reason(err))
			return logsource.Default()
		}
	}
	if len(data) == 0 {
		return logsource.Default()
	}
	table, err := logsource.Parse(name, data)
	if err != nil {
		s.wrong(override.Span, err.Error())
		return logsource.Default()
	}
	return logsource.Default().With(table)
}

// reason drops the path from an error that is shown at it.
func reason(err error) string {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return "cannot be read: " + p.Err.Error()
	}
	return err.Error()
}

func (s *setup) pipelines() {
	s.options.Pipeline = s.chain(s.cfg.Pipelines)
	s.options.Taxonomies = map[string]*pipeline.Pipeline{}
	for _, t := range s.cfg.Taxonomies {
		s.options.Taxonomies[t.Name.Text] = s.chain(t.Pipelines)
	}
}

// chain loads pipelines and joins them by priority; nil for none.
func (s *setup) chain(names []rules.Scalar) *pipeline.Pipeline {
	var loaded []*pipeline.Pipeline
	for _, name := range names {
		p := pipeline.Builtin(name.Text)
		if p == nil {
			p = s.readPipeline(name)
		}
		if p != nil {
			loaded = append(loaded, p)
		}
	}
	if len(loaded) == 0 {
		return nil
	}
	return pipeline.Chain(loaded...)
}

func (s *setup) readPipeline(name rules.Scalar) *pipeline.Pipeline {
	path := s.cfg.Resolve(name.Text)
	text, err := os.ReadFile(path)
	if err != nil {
		s.wrong(name.Span, fmt.Sprintf("no pipeline is called %s, and no file: built in are %s", name.Text, strings.Join(pipeline.BuiltinNames(), ", ")))
		return nil
	}
	p, diags := pipeline.Parse(path, text)
	s.add(diags)
	return p
}

func (s *setup) facts() {
	facts, err := project.Facts(s.cfg)
	if wrong := (*project.FactsError)(nil); errors.As(err, &wrong) {
		s.wrong(wrong.Span, wrong.Err.Error())
		facts, err = attack.Load("")
	}
	if err == nil {
		s.options.Facts = facts
	}
}

func (s *setup) readBaseline() {
	name := s.settings.Baseline
	if name.Text == "" {
		return
	}
	data, err := os.ReadFile(s.cfg.Resolve(name.Text))
	if err != nil {
		s.wrong(name.Span, reason(err))
		return
	}
	if s.baseline, err = lint.ReadBaseline(data); err != nil {
		s.wrong(name.Span, err.Error())
	}
}
