package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/witness"
)

// witnessOptions are the flags of witness.
type witnessOptions struct {
	rules     []string
	pipelines []string
	format    string
	near      bool
}

func (c *cli) witnessCommand() *cobra.Command {
	var o witnessOptions
	cmd := &cobra.Command{
		Use:   "witness RULE...",
		Short: "Make an event that a rule matches, and near misses",
		Long: `Make an event that a rule matches, of the rule's logsource, with usual values
where the rule leaves them open. With --near also an event for every part of the
rule on which that part alone decides: the rule does not match it, and would if
the part were the other way round.

A RULE is a file or a folder, or the id, name or title of a rule. Every event has
been evaluated before it is printed. That a rule can match no event at all, or
that a part never decides, is proven, and makes the exit code 1; so does a
question that could not be decided.`,
		Example: `  socctl witness rules/office.yml
  socctl witness "Office Spawns Shell" -r rules --near
  socctl witness rules/ -f ndjson > events.ndjson && socctl eval -r rules events.ndjson`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a rule, by file, id or title")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return c.witness(&o, args) },
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.rules, "rules", "r", nil, "`path` of rules and filters to read besides (default: those of the configuration); may be repeated")
	pipelineFlag(flags, &o.pipelines)
	flags.StringVarP(&o.format, "format", "f", "pretty", "pretty or json; or ndjson: the matching events alone, one a line")
	flags.BoolVar(&o.near, "near", false, "near misses too")
	return cmd
}

func (c *cli) witness(o *witnessOptions, args []string) error {
	if !slices.Contains([]string{"pretty", "json", "ndjson"}, o.format) {
		return usageError("unknown format %q: pretty, json or ndjson", o.format)
	}
	if o.near && o.format == "ndjson" {
		return usageError("ndjson prints matching events alone; use json with --near")
	}
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	var files, names []string
	for _, arg := range args {
		if _, err := os.Stat(arg); err == nil {
			files = append(files, arg)
		} else {
			names = append(names, arg)
		}
	}
	paths := o.rules
	if len(paths) == 0 && (len(files) == 0 || len(cfg.Rules) > 0) {
		if paths, err = c.pathsOfRules(cfg, nil); err != nil {
			return err
		}
	}
	loaded, err := c.loadRules(cfg, distinctPaths(append(paths, files...)), o.pipelines)
	if err != nil {
		return err
	}
	asked, err := askedRules(loaded.program, files, names)
	if err != nil {
		return err
	}
	results, code := c.witnesses(o, loaded.program, asked)
	if err := report.Witnesses(c.stdout, c.out(), o.format, results); err != nil {
		return err
	}
	return exitWith(max(code, loaded.exitCode()))
}

// distinctPaths leaves out paths that another one contains.
func distinctPaths(paths []string) []string {
	var out []string
	for i, p := range paths {
		inside := func(other string) bool {
			rel, err := filepath.Rel(other, p)
			return err == nil && filepath.IsLocal(rel)
		}
		if !slices.ContainsFunc(paths[:i], inside) && !slices.ContainsFunc(paths[i+1:], func(other string) bool { return other != p && inside(other) }) {
			out = append(out, p)
		}
	}
	return out
}

// askedRules returns the rules of files, and those of a name.
func askedRules(p *compiler.Program, files, names []string) ([]*compiler.Rule, error) {
	var out []*compiler.Rule
	for _, r := range p.Rules {
		in := func(file string) bool {
			rel, err := filepath.Rel(file, filepath.FromSlash(r.Source.Span.Path()))
			return err == nil && filepath.IsLocal(rel)
		}
		if slices.ContainsFunc(files, in) {
			out = append(out, r)
		}
	}
	for _, name := range names {
		r, err := findRule(p, name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, usageError("no rule that could be compiled in %v", files)
	}
	return out, nil
}

func (c *cli) witnesses(o *witnessOptions, p *compiler.Program, asked []*compiler.Rule) ([]report.Witness, int) {
	maker, code := witness.NewMaker(p, nil), exitClean
	results := make([]report.Witness, len(asked))
	for i, r := range asked {
		results[i].Rule = r
		if results[i].Event, results[i].Err = maker.Matching(r); results[i].Err != nil {
			code = exitFindings
		}
		if !o.near || errors.Is(results[i].Err, witness.ErrNone) {
			continue
		}
		results[i].Misses = maker.NearMisses(r)
		for _, m := range results[i].Misses {
			if m.Err != nil {
				code = exitFindings
			}
		}
	}
	return results, code
}
