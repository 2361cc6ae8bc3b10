package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/pipeline"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// loadedPipelines are those of a command: for all rules, and by taxonomy.
type loadedPipelines struct {
	all        *pipeline.Pipeline // nil for none
	taxonomies map[string]*pipeline.Pipeline
}

func (p *loadedPipelines) options(cfg *config.Config) pipeline.Options {
	return pipeline.Options{Placeholders: cfg.PlaceholderValues(), Taxonomies: p.taxonomies}
}

func pipelineFlag(flags *pflag.FlagSet, to *[]string) {
	flags.StringArrayVarP(to, "pipeline", "p", nil, "change rules by a processing `pipeline`, built-in or a file; may be repeated (default: pipelines of the configuration; none for none)")
}

// pipelines loads those that the flag names, else those of the configuration.
func (c *cli) pipelines(cfg *config.Config, flag []string) (*loadedPipelines, error) {
	return c.pipelinesFrom(cfg, flag, os.ReadFile)
}

// pipelinesFrom is pipelines for files that read reads.
func (c *cli) pipelinesFrom(cfg *config.Config, flag []string, read func(string) ([]byte, error)) (*loadedPipelines, error) {
	out := &loadedPipelines{taxonomies: map[string]*pipeline.Pipeline{}}
	var err error
	switch {
	case slices.Equal(flag, []string{"none"}):
	case len(flag) > 0:
		out.all, err = c.chain(unplaced(flag), func(path string) string { return path }, read)
	case len(cfg.Pipelines) > 0:
		out.all, err = c.chain(cfg.Pipelines, cfg.Resolve, read)
	}
	for _, t := range cfg.Taxonomies {
		if err == nil {
			out.taxonomies[t.Name.Text], err = c.chain(t.Pipelines, cfg.Resolve, read)
		}
	}
	return out, err
}

// unplaced are names that stand in no file.
func unplaced(names []string) []rules.Scalar {
	out := make([]rules.Scalar, len(names))
	for i, name := range names {
		out[i].Text = name
	}
	return out
}

// chain loads pipelines and joins them by priority.
func (c *cli) chain(names []rules.Scalar, resolve func(string) string, read func(string) ([]byte, error)) (*pipeline.Pipeline, error) {
	var loaded []*pipeline.Pipeline
	for _, name := range names {
		if p := pipeline.Builtin(name.Text); p != nil {
			loaded = append(loaded, p)
			continue
		}
		path := resolve(name.Text)
		text, err := read(path)
		if err != nil {
			return nil, c.noPipeline(name, err)
		}
		p, diags := pipeline.Parse(path, text)
		c.diagnose(diags)
		if p == nil {
			return nil, &exitError{code: exitUsage}
		}
		loaded = append(loaded, p)
	}
	return pipeline.Chain(loaded...), nil
}

// noPipeline says, where the name stands if it stands in the configuration, that there is no
// such pipeline.
func (c *cli) noPipeline(name rules.Scalar, err error) error {
	builtIn := "built in are " + strings.Join(pipeline.BuiltinNames(), ", ")
	unknown := fmt.Sprintf("no pipeline is called %q, and no file", name.Text)
	switch word := errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(name.Text, `./\`); {
	case word && name.Span.Known():
		return c.unusable(name, unknown, builtIn)
	case word:
		return usageError("%s: %s", unknown, builtIn)
	case name.Span.Known():
		return c.cannotBeRead(name, err)
	}
	return &exitError{exitUsage, err}
}

func (c *cli) pipelineCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "pipeline",
		Short:   "Show what processing pipelines do to rules",
		Example: "  socctl pipeline show rules/office.yml --pipeline sysmon",
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "list",
		Short:   "List the built-in pipelines",
		Example: "  socctl pipeline list",
		Args:    noArguments(""),
		RunE:    func(*cobra.Command, []string) error { return c.listPipelines() },
	})
	var o showOptions
	show := &cobra.Command{
		Use:   "show RULE...",
		Short: "Print rules before and after the pipelines",
		Long: `Print rules before and after the pipelines, and which items of the pipelines
applied. A rule that a pipeline rejects, or that does not compile afterwards, is
shown with the reason, and makes the exit code 1.`,
		Example: `  socctl pipeline show rules/office.yml --pipeline sysmon
  socctl pipeline show rules/ -p ecs_windows -p own.yml --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a rule, or a folder of rules")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return c.showPipeline(&o, args) },
	}
	pipelineFlag(show.Flags(), &o.pipelines)
	show.Flags().StringVarP(&o.format, "format", "f", "pretty", "pretty or json")
	cmd.AddCommand(show)
	return cmd
}

func (c *cli) listPipelines() error {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tPRIORITY\tWHAT IT IS FOR")
	for _, name := range pipeline.BuiltinNames() {
		p := pipeline.Builtin(name)
		fmt.Fprintf(w, "%s\t%d\t%s\n", name, p.Priority, p.Name)
	}
	return w.Flush()
}

// showOptions are the flags of pipeline show.
type showOptions struct {
	pipelines []string
	format    string
}

// shownRule is a rule before and after, in its stable JSON form.
type shownRule struct {
	Path     string            `json:"path"`
	Title    string            `json:"title"`
	Status   string            `json:"status"` // changed, unchanged or rejected
	Before   string            `json:"before"`
	After    string            `json:"after,omitempty"` // "" if rejected
	Applied  []shownItem       `json:"applied"`
	Problems rules.Diagnostics `json:"problems,omitempty"`
}

// shownItem is an item of a pipeline that applied.
type shownItem struct {
	Pipeline string `json:"pipeline"`
	Line     int    `json:"line"`
	ID       string `json:"id,omitempty"`
	Type     string `json:"type"`
	Changed  bool   `json:"changed"`
}

func (c *cli) showPipeline(o *showOptions, paths []string) error {
	if o.format != "pretty" && o.format != "json" {
		return usageError("unknown format %q: pipeline show knows pretty and json", o.format)
	}
	cfg, err := c.config(firstPath(paths))
	if err != nil {
		return err
	}
	p, err := c.pipelines(cfg, o.pipelines)
	if err != nil {
		return err
	}
	if p.all == nil && len(p.taxonomies) == 0 {
		return usageError("no pipeline: name one with --pipeline, or in pipelines: of .socctl.yml")
	}
	set, diags := rules.LoadPaths(paths...)
	result, changed := p.all.Apply(set, p.options(cfg))
	program, compiled := compiler.Compile(result.Set, compiler.Options{Placeholders: cfg.PlaceholderValues(), Now: c.now})
	diags = append(append(diags, changed...), compiled...)
	diags.Sort()
	shown := describePipeline(result, program, diags)
	if o.format == "json" {
		err = c.shownJSON(shown)
		c.showProblems(diags)
	} else {
		c.shownPretty(shown)
		c.showProblems(diags)
	}
	if err == nil && len(shown) > 0 && !c.quiet {
		fmt.Fprintln(c.stderr, countShown(shown))
	}
	if err != nil {
		return err
	}
	loaded := loadedRules{diags: diags}
	return exitWith(loaded.exitCode())
}

// describePipeline tells of every document what became of it.
func describePipeline(result *pipeline.Result, program *compiler.Program, diags rules.Diagnostics) []shownRule {
	usable := map[rules.Document]bool{}
	for _, r := range program.Rules {
		usable[r.Source] = true
	}
	for _, r := range program.Correlations {
		usable[r.Source] = true
	}
	var out []shownRule
	for _, d := range result.Documents {
		h := d.Before.Meta()
		s := shownRule{Path: h.Span.Path(), Title: h.Title.Text, Status: "unchanged", Before: printed(d.Before), Applied: []shownItem{}}
		for _, a := range d.Applied {
			s.Applied = append(s.Applied, shownItem{a.Source, a.Span.Start.Line, a.ID, a.Type, a.Changed})
		}
		if usable[d.After] {
			s.After = printed(d.After)
			if s.After != s.Before {
				s.Status = "changed"
			}
		} else {
			s.Status = "rejected"
			for _, p := range diags {
				if p.Severity == rules.Error && lies(p.Span, h.Span) {
					s.Problems = append(s.Problems, p)
				}
			}
		}
		out = append(out, s)
	}
	return out
}

// lies reports whether a place is within a document.
func lies(place, document rules.Span) bool {
	return place.Path() == document.Path() && place.Start.Line >= document.Start.Line && place.Start.Line <= document.End.Line
}

// printed writes a document with the filters that belong to it.
func printed(d rules.Document) string {
	var b strings.Builder
	rules.Print(&b, d) // a strings.Builder takes everything
	if r, ok := d.(*rules.Rule); ok {
		for _, f := range r.Filters {
			b.WriteString("---\n")
			rules.Print(&b, f)
		}
	}
	return b.String()
}

func countShown(shown []shownRule) string {
	count := map[string]int{}
	for _, s := range shown {
		count[s.Status]++
	}
	return fmt.Sprintf("%s: %d changed, %d unchanged, %d rejected", report.Count(len(shown), "rule"), count["changed"], count["unchanged"], count["rejected"])
}

func (c *cli) shownJSON(shown []shownRule) error {
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(shown)
}

// shownPretty writes both texts as one, with the lines that only one of them has
// marked by - and +.
func (c *cli) shownPretty(shown []shownRule) {
	style := c.out()
	for _, s := range shown {
		fmt.Fprintf(c.stdout, "%s %s\n", style.Paint(report.Bold, report.Clean(s.Title)), report.Clean("("+s.Path+"): "+s.Status))
		for _, a := range s.Applied {
			if a.Changed {
				fmt.Fprintf(c.stdout, "  by %s:%d %s\n", report.Clean(a.Pipeline), a.Line, report.Clean(strings.TrimSpace(a.Type+" "+a.ID)))
			}
		}
		if s.Status == "rejected" {
			for _, p := range s.Problems {
				fmt.Fprintf(c.stdout, "  because %s\n", report.Clean(p.Message))
			}
			fmt.Fprintln(c.stdout)
			continue
		}
		for _, line := range lineDiff(strings.Split(strings.TrimSuffix(s.Before, "\n"), "\n"), strings.Split(strings.TrimSuffix(s.After, "\n"), "\n")) {
			colour := map[byte]string{'-': report.Red, '+': report.Green}[line[0]]
			if text := report.Clean(line); colour != "" {
				fmt.Fprintln(c.stdout, style.Paint(colour, text))
			} else {
				fmt.Fprintln(c.stdout, text)
			}
		}
		fmt.Fprintln(c.stdout)
	}
}
