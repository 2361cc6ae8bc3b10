package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/navigator"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/retag"
	"github.com/socctl/socctl/rules"
)

// attackMigrateOptions are the flags of attack migrate.
type attackMigrateOptions struct {
	to, format         string
	choices            []string
	allTactics         bool
	write, diff        bool
	facts              *attack.Facts
	rules              attack.Rules
	compile            compiler.Options
	out                report.AttackMigration
	unreadable, left   bool
	empty              bool // a folder holds no rule
	changed, undecided int
}

func (c *cli) attackMigrateCommand() *cobra.Command {
	var o attackMigrateOptions
	cmd := &cobra.Command{
		Use:   "migrate [PATH...]",
		Short: "Bring the tags of rules, and Navigator layers, to a release of ATT&CK",
		Long: `Bring the tags of rules, and Navigator layers, to a release of ATT&CK.

Techniques follow what replaced them; a tactic that is gone becomes the new tactics
of those techniques of the rule that had it. What facts do not decide is listed for
a person, never guessed; --choose answers it for all rules that it fits: a tactic for those
of which a technique has it or that name none, remove for those that name any. Without --write nothing
is changed. Only tags are: the rest of a file stays as it is, byte for byte.

A path is a rule, a folder of rules, or a layer of the Navigator (.json, format 4).
Without any, the rules of the configuration. The exit code is 1 as long as anything
is left to migrate or to decide.`,
		Example: `  socctl attack migrate rules
  socctl attack migrate rules --to 19.1 --write
  socctl attack migrate rules --choose defense-evasion=stealth --diff
  socctl attack migrate layer.json --write`,
		RunE: func(_ *cobra.Command, args []string) error { return c.attackMigrate(&o, args) },
	}
	flags := cmd.Flags()
	releaseFlag(flags, &o.to, "to", "facts to migrate to")
	flags.BoolVar(&o.write, "write", false, "change the files")
	flags.BoolVar(&o.diff, "diff", false, "show what would change as a diff")
	flags.StringArrayVar(&o.choices, "choose", nil, "what becomes of a tactic where a person has to choose: `TACTIC=OTHER`, or TACTIC=remove; may be repeated")
	flags.BoolVar(&o.allTactics, "all-tactics", false, "add every tactic of its techniques to a rule that is changed")
	flags.StringVarP(&o.format, "format", "f", "pretty", strings.Join(report.AttackMigrationFormats, ", "))
	return cmd
}

func (c *cli) attackMigrate(o *attackMigrateOptions, paths []string) error {
	if !slices.Contains(report.AttackMigrationFormats, o.format) {
		return usageError("unknown format %q: attack migrate knows %s", o.format, strings.Join(report.AttackMigrationFormats, ", "))
	}
	if o.write && o.diff {
		return usageError("--write changes files and --diff shows what would change: leave one out")
	}
	cfg, err := c.config(firstPath(paths))
	if err != nil {
		return err
	}
	if o.facts, err = c.facts(o.to); err != nil {
		return err
	}
	if err := o.readChoices(); err != nil {
		return err
	}
	o.compile.Placeholders = cfg.PlaceholderValues()
	o.out.To = o.facts.Label()
	layers, rulePaths := layersAmong(paths)
	if len(rulePaths) > 0 || len(layers) == 0 {
		if rulePaths, _, err = c.rulePaths(cfg, rulePaths); err != nil {
			return err
		}
		c.migrateRules(o, fromHere(rulePaths, false))
	}
	for _, path := range layers {
		c.migrateLayer(o, path)
	}
	to, style := c.stdout, c.out()
	if o.diff && o.format == "pretty" {
		to, style = c.stderr, c.err() // what a diff does not show
		o.out = o.out.Asked()
	}
	if err := report.AttackMigrated(to, style, o.format, &o.out); err != nil {
		return err
	}
	if !c.quiet {
		fmt.Fprintln(c.stderr, o.summary())
	}
	code := exitClean
	if o.undecided > 0 || o.left || o.empty || o.changed > 0 && !o.write {
		code = exitFindings
	}
	if o.empty && o.out.Read == 0 {
		code = exitUsage
	}
	if o.unreadable {
		code = exitUnreadable
	}
	return exitWith(code)
}

func (o *attackMigrateOptions) summary() string {
	verb := "to migrate to"
	if o.write {
		verb = "migrated to"
	}
	text := fmt.Sprintf("%s read, %d %s %s", report.Count(o.out.Read, "file"), o.changed, verb, o.facts.Label())
	if o.undecided > 0 {
		text += fmt.Sprintf(", %s to decide", report.Count(o.undecided, "tag"))
	}
	return text
}

// readChoices reads the answers of --choose.
func (o *attackMigrateOptions) readChoices() error {
	o.rules = attack.Rules{Choices: map[string][]string{}, AllTactics: o.allTactics}
	for _, text := range o.choices {
		from, to, ok := strings.Cut(text, "=")
		from, to = tacticKey(from), tacticKey(to)
		switch {
		case !ok || from == "" || to == "":
			return usageError("--choose takes TACTIC=OTHER or TACTIC=remove, not %q", text)
		case to == "remove":
			to = ""
		case o.facts.Tactic(to) == nil:
			var keys []string
			for _, t := range o.facts.Tactics {
				keys = append(keys, t.Key)
			}
			return unknownFact(o.facts, "tactic", to, keys)
		}
		if to != "" {
			to = o.facts.Tactic(to).Key
		}
		o.rules.Choices[from] = append(o.rules.Choices[from], to)
	}
	return nil
}

func tacticKey(text string) string {
	tag, _ := attack.ParseTag("attack." + strings.TrimPrefix(text, "attack."))
	return strings.ToLower(tag.Name)
}

// layersAmong takes out the layers: files that are named and end in .json.
func layersAmong(paths []string) (layers, others []string) {
	for _, p := range paths {
		if info, err := os.Stat(p); strings.EqualFold(filepath.Ext(p), ".json") && (err != nil || !info.IsDir()) {
			layers = append(layers, p)
		} else {
			others = append(others, p)
		}
	}
	return layers, others
}

// migrateRules plans for all rules and, if asked to, writes.
func (c *cli) migrateRules(o *attackMigrateOptions, paths []string) {
	docs, files, diags := rules.ReadPaths(paths...)
	o.out.Read += files
	for _, d := range diags {
		switch d.Code {
		case rules.CodeUnreadable:
			o.fail(c, d)
		case rules.CodeEmptyFolder:
			o.empty = true
			fmt.Fprintf(c.stderr, "socctl: %s\n", report.Clean(d.Error()))
		}
	}
	plan := retag.Plan(docs, o.facts, o.rules)
	for _, d := range plan {
		o.out.Documents = append(o.out.Documents, report.NewAttackDocument(d))
		for _, m := range d.Moves {
			if m.Kind == attack.Ask {
				o.undecided++
			}
		}
	}
	for _, r := range (lint.Fixer{Compile: o.compile}).Fix(retag.Findings(plan)) {
		for _, f := range append(r.Refused, r.Postponed...) {
			o.left = true
			fmt.Fprintf(c.stderr, "not migrated, because the rule would mean something else: %s\n", report.Clean(f.Span.String()))
		}
		if bytes.Equal(r.Before, r.After) {
			continue
		}
		o.store(c, r.Path, r.Before, r.After, func() error { return writeFixed(r) })
	}
}

// store writes a file, shows what would change, or only counts it.
func (o *attackMigrateOptions) store(c *cli, path string, before, after []byte, write func() error) {
	var err error
	switch {
	case o.write:
		err = write()
	case o.diff && o.format == "pretty":
		err = writeDiff(c.stdout, c.out(), path, before, after)
	}
	if err != nil {
		o.fail(c, err)
		return
	}
	o.changed++
}

func (o *attackMigrateOptions) fail(c *cli, err error) {
	o.unreadable = true
	fmt.Fprintf(c.stderr, "socctl: %s\n", report.Clean(err.Error()))
}

// migrateLayer brings a file of layers to the release.
func (c *cli) migrateLayer(o *attackMigrateOptions, path string) {
	source, err := os.ReadFile(path)
	if err != nil {
		o.fail(c, err)
		return
	}
	o.out.Read++
	result, err := navigator.Migrate(source, o.facts)
	if err != nil {
		o.fail(c, fmt.Errorf("%s:%w", filepath.ToSlash(path), err))
		return
	}
	o.out.Layers = append(o.out.Layers, report.NewAttackLayer(filepath.ToSlash(path), result))
	o.undecided += len(result.Asked)
	if !bytes.Equal(source, result.After) {
		o.store(c, filepath.ToSlash(path), source, result.After, func() error { return replaceFile(path, result.After) })
	}
}
