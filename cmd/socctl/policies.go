package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/lint/policy"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// testPolicies runs the tests of own checks, if the configuration names any, and
// returns how many ran and whether all passed. Their outcome goes to standard
// error: the formats on standard output are about rules.
func (c *cli) testPolicies(ctx context.Context, o *testOptions, cfg *config.Config, filter *regexp.Regexp) (ran int, ok bool) {
	folders := regoFolders(cfg)
	if len(folders) == 0 {
		return 0, true
	}
	results, diags := policy.Test(ctx, folders, policy.Limits{})
	c.diagnose(diags)
	passed, failed := 0, 0
	for _, r := range results {
		if name := r.Path + "::" + r.Name; filter != nil && !filter.MatchString(name) || r.Skipped {
			continue
		}
		if r.Passed {
			passed++
			if o.verbose {
				fmt.Fprintf(c.stderr, "%s  %s\n", c.err().Paint(report.Green, "pass"), r.Name)
			}
			continue
		}
		failed++
		fmt.Fprintf(c.stderr, "%s  %s:%d: %s: %s\n%s", c.err().Paint(report.Red, "FAIL"), r.Path, r.Line, r.Name, report.Clean(r.Message), report.CleanLines(r.Output))
	}
	if !c.quiet && passed+failed > 0 {
		fmt.Fprintf(c.stderr, "%s of own checks: %d passed, %d failed\n", report.Count(passed+failed, "test"), passed, failed)
	}
	return passed + failed, failed == 0 && diags.Count(rules.Error) == 0
}

func (c *cli) newCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Write the beginning of something",
		Example: `  socctl new test rules/office.yml
  socctl new check acme/rule-without-owner`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError("there is no new %s: socctl new check NAME writes a check, socctl new test RULE tests", args[0])
			}
			return cmd.Help()
		},
	}
	dir := ""
	check := &cobra.Command{
		Use:   "check NAME",
		Short: "Write a check in Rego, with its test",
		Long: `Write a check in Rego, with its test.

The files go to the folder that rego: of the configuration names, else to
.socctl/checks. Files that exist are left alone.`,
		Example: "  socctl new check acme/rule-without-owner",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("name the check: group/kebab-case")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return c.newCheck(args[0], dir) },
	}
	check.Flags().StringVar(&dir, "dir", "", "`folder` of the files")
	cmd.AddCommand(c.newTestCommand(), check)
	return cmd
}

func (c *cli) newCheck(name, dir string) error {
	files, err := policy.Scaffold(name)
	if err != nil {
		return usageError("%v", err)
	}
	if lint.NewCatalogue(checks.All()).Find(name) != nil {
		return usageError("there is a check %s already: socctl explain %s", name, name)
	}
	configured := true
	if dir == "" {
		cfg, err := c.config(".")
		if err != nil {
			return err
		}
		dir = filepath.Join(".socctl", "checks")
		if folders := regoFolders(cfg); len(folders) > 0 {
			dir = folders[0]
		} else {
			configured = false
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &exitError{exitUnreadable, err}
	}
	names := make([]string, 0, len(files))
	for file := range files {
		if _, err := os.Stat(filepath.Join(dir, file)); !errors.Is(err, fs.ErrNotExist) {
			return usageError("%s exists: nothing was written", filepath.Join(dir, file))
		}
		names = append(names, file)
	}
	slices.Sort(names)
	for _, file := range names {
		at := filepath.Join(dir, file)
		if err := replaceFile(at, []byte(files[file])); err != nil {
			return &exitError{exitUnreadable, err}
		}
		fmt.Fprintln(c.stdout, filepath.ToSlash(at))
	}
	if !configured && !c.quiet {
		fmt.Fprintf(c.stderr, "add it to .socctl.yml:\n\n    lint:\n        rego: %s\n", filepath.ToSlash(dir))
	}
	return nil
}
