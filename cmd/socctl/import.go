package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/lint/migration"
	"github.com/socctl/socctl/rules"
)

// migrationOptions are the flags of import.
type migrationOptions struct {
	rules              []string
	out, recordings    string
	failLevel          string
	force, dryRun, all bool
}

func (c *cli) importCommand() *cobra.Command {
	var o migrationOptions
	known := ""
	for _, f := range migration.Formats() {
		known += fmt.Sprintf("\n  %-11s %s", f.Name, f.Title)
	}
	cmd := &cobra.Command{
		Use:   "import FORMAT PATH...",
		Short: "Take over configuration, suppressions and tests from another tool",
		Long: `Read what was written for another tool and write it as ours: settings and ignores to
.socctl.yml, tests to tests/. FORMAT is one of
` + known + `

What has no counterpart is told with its place, and so is what means something else
here. Nothing is written if a file of that name exists, unless --force; --dry-run
prints everything instead.`,
		Example: `  socctl import sigma-cli tests/sigma_cli_conf.yml
  socctl import rsigma . --dry-run
  socctl import panther ../panther-analysis/rules/aws_cloudtrail_rules -o detections`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usageError("name a format and what to import")
			}
			if migration.Find(args[0]) == nil {
				return usageError("unknown format %q: it is one of%s", args[0], known)
			}
			if !slices.Contains([]string{"error", "warning", "info", "never"}, o.failLevel) {
				return usageError("--fail-level takes error, warning, info or never, not %q", o.failLevel)
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			var names []string
			for _, f := range migration.Formats() {
				names = append(names, f.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return c.migrate(&o, args[0], args[1:]) },
	}
	flags := cmd.Flags()
	flags.StringSliceVarP(&o.rules, "rules", "r", nil, "`path` of rules that names are looked for in (default: those of the configuration, else the folder rules)")
	flags.StringVarP(&o.out, "out", "o", ".", "`folder` that is written to")
	flags.StringVar(&o.recordings, "recordings", "", "`folder` of the recordings that tests name, as seen from that folder")
	flags.BoolVar(&o.force, "force", false, "overwrite files that exist")
	flags.BoolVar(&o.dryRun, "dry-run", false, "print the files instead of writing them")
	flags.BoolVarP(&o.all, "verbose", "v", false, "show also what differs only in details")
	flags.StringVar(&o.failLevel, "fail-level", "error", "least `severity` that makes the exit code 1: error, warning, info or never")
	return cmd
}

func (c *cli) migrate(o *migrationOptions, format string, paths []string) error {
	place, err := newMigrationPlace(o.out, paths)
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	if len(place.files) == 0 {
		return usageError("there is no file of YAML in %s", strings.Join(paths, ", "))
	}
	var files []*rules.File
	for _, name := range place.files {
		file, err := c.readFile(name)
		if err != nil {
			return &exitError{exitUnreadable, err}
		}
		files = append(files, file)
	}
	options := migration.Options{Relative: place.relative, Within: place.within, Recordings: filepath.ToSlash(o.recordings)}
	names, err := c.namesOfRules(o)
	if err != nil {
		return err
	}
	if names != nil {
		options.Rule, options.Several = names.known, names.several
	}
	result := migration.Import(migration.Find(format), files, options)
	c.tellMigration(o, result)
	code := exitClean
	if o.failLevel != "never" && result.Diagnostics.Count(levelOf(o.failLevel)) > 0 {
		code = exitFindings
	}
	if o.dryRun {
		for _, out := range result.Outputs {
			fmt.Fprintf(c.stdout, "-- %s --\n%s", report.Clean(out.Path), report.CleanLines(string(out.Content)))
		}
		return exitWith(code)
	}
	if err := c.writeMigration(o, result); err != nil {
		return err
	}
	return exitWith(code)
}

func levelOf(level string) rules.Severity {
	return map[string]rules.Severity{"error": rules.Error, "warning": rules.Warning, "info": rules.Info}[level]
}

// tellMigration prints what has no counterpart, and a summary.
func (c *cli) tellMigration(o *migrationOptions, result *migration.Result) {
	least := rules.Warning
	if o.all || o.failLevel == "info" {
		least = rules.Info
	}
	shown := slices.DeleteFunc(slices.Clone(result.Diagnostics), func(d rules.Diagnostic) bool {
		return (rules.Diagnostics{d}).Count(least) == 0
	})
	c.diagnose(shown)
	if c.quiet {
		return
	}
	codes := map[string]int{}
	for _, d := range result.Diagnostics {
		codes[d.Code]++
	}
	fmt.Fprintf(c.stderr, "%s, %s, %s; without counterpart %d, unknown rules %d, unreadable %d, different %d", report.Count(result.Settings, "setting"), report.Count(result.Ignores, "ignore"),
		report.Count(result.Tests, "test"), codes["migrate/no-counterpart"], codes["migrate/unknown-rule"], codes["migrate/unreadable"], codes["migrate/different"])
	if least == rules.Warning && codes["migrate/different"] > 0 {
		fmt.Fprint(c.stderr, " (-v shows them)")
	}
	fmt.Fprintln(c.stderr)
}

// writeMigration writes all files or, if one of them is in the way, none.
func (c *cli) writeMigration(o *migrationOptions, result *migration.Result) error {
	var taken []string
	for _, out := range result.Outputs {
		if !filepath.IsLocal(filepath.FromSlash(out.Path)) {
			return usageError("%s lies outside of %s: name with -o a folder that holds it, or use --dry-run", out.Path, o.out)
		}
		if _, err := os.Lstat(filepath.Join(o.out, filepath.FromSlash(out.Path))); err == nil && !o.force {
			taken = append(taken, out.Path)
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &exitError{exitUnreadable, err}
		}
	}
	if len(taken) > 0 {
		return usageError("nothing is written, because there is %s already; --force overwrites, --dry-run prints", strings.Join(taken, ", "))
	}
	outlivePrinting() // all files or none
	for _, out := range result.Outputs {
		path := filepath.Join(o.out, filepath.FromSlash(out.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return &exitError{exitUnreadable, err}
		}
		if err := replaceFile(path, out.Content); err != nil {
			return &exitError{exitUnreadable, err}
		}
		verb := "wrote"
		if out.Rewrites {
			verb = "rewrote"
		}
		if !c.quiet {
			fmt.Fprintf(c.stdout, "%s %s\n", verb, report.Clean(filepath.ToSlash(path)))
		}
	}
	return nil
}

// calledRules counts what rules are called, as tests find them: by id and name, and if none
// is called so by title and file name.
type calledRules struct{ names, looks map[string]int }

func (n *calledRules) add(doc rules.Document) {
	h := doc.Meta()
	count := func(of map[string]int, names ...string) {
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			if name != "" {
				of[name]++
			}
		}
	}
	base := filepath.Base(h.Span.Path())
	count(n.names, h.ID.Text, h.Name.Text)
	count(n.looks, h.Title.Text, strings.TrimSuffix(base, filepath.Ext(base)))
}

func (n *calledRules) known(name string) bool { return n.names[name]+n.looks[name] > 0 }

func (n *calledRules) several(name string) bool {
	return n.names[name] > 1 || n.names[name] == 0 && n.looks[name] > 1
}

// namesOfRules returns what the rules are called; nil if there are no rules to ask.
func (c *cli) namesOfRules(o *migrationOptions) (*calledRules, error) {
	cfg, err := c.config(o.out)
	if err != nil {
		return nil, err
	}
	paths := o.rules
	if len(paths) == 0 {
		if paths, err = c.expand(cfg, cfg.Rules); err != nil {
			return nil, err
		}
	}
	if beside := filepath.Join(o.out, "rules"); len(paths) == 0 && isFolder(beside) {
		paths = []string{beside}
	}
	if len(paths) == 0 {
		return nil, nil
	}
	// What is wrong with the rules is no matter here: they are only asked for names.
	set, _ := rules.LoadPaths(paths...)
	names := &calledRules{map[string]int{}, map[string]int{}}
	for _, doc := range set.Documents() {
		names.add(doc)
	}
	return names, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
