package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/aftercare"
	"github.com/socctl/socctl/feedback/audit"
	"github.com/socctl/socctl/feedback/health"
	"github.com/socctl/socctl/feedback/lifecycle"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// schemas are the documents that have a JSON schema.
var schemas = []struct {
	name, of string
	text     func() []byte
}{
	{"backtest", "what socctl backtest -f json prints", schemaOf("backtest")},
	{"backtest-line", "a line of what socctl backtest -f ndjson prints", schemaOf("backtest-line")},
	{"ci", "what socctl ci -f json prints", schemaOf("ci")},
	{"config", "the configuration, .socctl.yml", config.Schema},
	{"coverage", "what socctl coverage -f json prints", coverage.ReportSchema},
	{"diff", "what socctl diff -f json prints", schemaOf("diff")},
	{"eval-explain", "a line of what socctl eval --explain -f ndjson prints", schemaOf("eval-explain")},
	{"eval-line", "a line of what socctl eval prints", schemaOf("eval-line")},
	{"eval-stats", "what socctl eval --stats -f json prints", schemaOf("eval-stats")},
	{"expand", "what socctl expand -f json prints", schemaOf("expand")},
	{"filter-audit", "what socctl filter audit -f json prints", audit.JSONSchema},
	{"filter-check", "what socctl filter check -f json prints", aftercare.JSONSchema},
	{"health", "what socctl health -f json prints", health.JSONSchema},
	{"lifecycle", "what socctl lifecycle -f json prints", lifecycle.JSONSchema},
	{"lint", "what socctl lint -f json prints", schemaOf("lint")},
	{"overlap", "what socctl overlap -f json prints", schemaOf("overlap")},
	{"test", "what socctl test -f json prints", schemaOf("test")},
	{"tune", "what socctl tune -f json prints", schemaOf("tune")},
	{"verdict", "a verdict, a line of the ledger", feedback.Schema},
	{"verdict-check", "what socctl verdict check -f json prints", schemaOf("verdict-check")},
	{"verdict-stats", "what socctl verdict stats -f json prints", schemaOf("verdict-stats")},
	{"witness", "what socctl witness -f json prints", schemaOf("witness")},
}

func schemaOf(name string) func() []byte { return func() []byte { return report.Schema(name) } }

func (c *cli) schemaCommand() *cobra.Command {
	names := make([]string, len(schemas))
	for i, s := range schemas {
		names[i] = s.name
	}
	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print the JSON schema of a document, or list those that have one",
		Example: `  socctl schema
  socctl schema verdict > verdict.schema.json`,
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError("one schema at a time, not %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.listSchemas()
			}
			for _, s := range schemas {
				if s.name == args[0] {
					return c.printSchema(s.text())
				}
			}
			if near := rules.Nearest(args[0], names); near != "" {
				return usageError("there is no schema %s: did you mean %s?", args[0], near)
			}
			return usageError("there is no schema %s: there are %s", args[0], strings.Join(names, ", "))
		},
	}
}

func (c *cli) listSchemas() error {
	for _, s := range schemas {
		if _, err := fmt.Fprintf(c.stdout, "%-14s %s\n", s.name, s.of); err != nil {
			return &exitError{exitUnreadable, err}
		}
	}
	return nil
}

func (c *cli) printSchema(text []byte) error {
	if _, err := c.stdout.Write(text); err != nil {
		return &exitError{exitUnreadable, err}
	}
	return nil
}
