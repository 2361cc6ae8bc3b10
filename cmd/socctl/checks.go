package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
)

func (c *cli) checksCommand() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "checks [CHECK|GROUP/*...]",
		Short: "List what lint looks for",
		Example: `  socctl checks
  socctl checks 'attack/*' --json`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.listChecks(cmd.Context(), args, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, with documentation and examples")
	return cmd
}

// listedCheck is a check as checks --json prints it.
type listedCheck struct {
	Name      string         `json:"name"`
	Title     string         `json:"title"`
	Severity  string         `json:"severity"`
	Scope     lint.Scope     `json:"scope"`
	Default   bool           `json:"default"` // on unless configured otherwise
	Fixable   bool           `json:"fixable"`
	Doc       string         `json:"doc"`
	Bad       string         `json:"bad"`
	Good      string         `json:"good"`
	Options   []listedOption `json:"options,omitempty"`
	Aliases   []string       `json:"aliases,omitempty"`
	Elsewhere []string       `json:"elsewhere,omitempty"`
}

type listedOption struct {
	Name    string `json:"name"`
	Doc     string `json:"doc"`
	Default any    `json:"default"`
}

func (c *cli) listChecks(ctx context.Context, patterns []string, asJSON bool) error {
	known, err := c.knownChecks(ctx)
	if err != nil {
		return err
	}
	found := known.Checks()
	if len(patterns) > 0 {
		found = nil
		for _, p := range patterns {
			match := known.Match(p)
			if len(match) == 0 {
				return usageError("%s", unknownCheck(known, p))
			}
			found = append(found, match...)
		}
	}
	if asJSON {
		return c.checksAsJSON(found)
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, check := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", check.Name, severityOf(check), fixMark(check), check.Title)
	}
	return w.Flush()
}

// knownChecks are those of socctl and of the configuration here.
func (c *cli) knownChecks(ctx context.Context) (*lint.Catalogue, error) {
	cfg, err := c.config(".")
	if err != nil {
		return nil, err
	}
	return c.catalogue(ctx, cfg)
}

func (c *cli) checksAsJSON(found []*lint.Check) error {
	list := []listedCheck{}
	for _, check := range found {
		l := listedCheck{Name: check.Name, Title: check.Title, Severity: check.Severity.String(), Scope: check.Scope, Default: !check.Off, Fixable: check.Fixable,
			Doc: check.Doc, Bad: strings.TrimPrefix(check.Bad, "\n"), Good: strings.TrimPrefix(check.Good, "\n"), Aliases: check.Aliases, Elsewhere: check.Elsewhere}
		for _, o := range check.Options {
			l.Options = append(l.Options, listedOption(o))
		}
		list = append(list, l)
	}
	enc := json.NewEncoder(c.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(list)
}

func severityOf(check *lint.Check) string {
	if check.Off {
		return "off (" + check.Severity.String() + ")"
	}
	return check.Severity.String()
}

func fixMark(check *lint.Check) string {
	if check.Fixable {
		return "fix"
	}
	return ""
}

func (c *cli) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "explain CHECK",
		Short:             "Say what a check of lint is about",
		Example:           "  socctl explain meta/date-order",
		ValidArgsFunction: completeCheck,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("name one check; socctl checks lists them")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			known, err := c.knownChecks(cmd.Context())
			if err != nil {
				return err
			}
			check := known.Find(args[0])
			if check == nil {
				return usageError("%s", unknownCheck(known, args[0]))
			}
			report.Check(c.stdout, c.out(), check)
			return nil
		},
	}
}

// completeChecks completes names of checks behind flags.
func (c *cli) completeChecks(cmd *cobra.Command, flags ...string) {
	for _, flag := range flags {
		// The flag exists: it was defined just before.
		_ = cmd.RegisterFlagCompletionFunc(flag, completeCheck)
	}
}

func completeCheck(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, check := range checks.All() {
		if strings.HasPrefix(check.Name, prefix) {
			out = append(out, check.Name+"\t"+check.Title)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
