package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint/project"
)

func (c *cli) attackCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attack",
		Short: "Facts of MITRE ATT&CK®: look up, compare, import; migrate tags",
		Example: `  socctl attack explain T1059.001
  socctl attack diff 18.1 19.1
  socctl attack migrate rules --write`,
	}
	cmd.AddCommand(c.attackListCommand(), c.attackUseCommand(), c.attackDiffCommand(), c.attackExplainCommand(), c.attackImportCommand(),
		c.attackMigrateCommand(), c.attackLicenseCommand())
	return cmd
}

func releaseFlag(flags *pflag.FlagSet, to *string, name, what string) {
	flags.StringVar(to, name, "", what+": a `release` that socctl has, or a file of imported facts (default: as configured, else "+attack.Latest+")")
}

// facts returns the facts that a flag or an argument names, else those of the
// configuration.
func (c *cli) facts(name string) (*attack.Facts, error) {
	if name == "" {
		cfg, err := c.config(".")
		if err != nil {
			return nil, err
		}
		facts, err := project.Facts(cfg)
		if err != nil {
			return nil, c.badFacts(err)
		}
		return facts, nil
	}
	if slices.Contains(attack.Releases(), name) {
		return attack.Load(name)
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, `/\`) {
		return nil, usageError("%q is no release of ATT&CK that socctl has, and no file: there are %s; socctl attack import adds others",
			name, strings.Join(attack.Releases(), ", "))
	}
	facts, err := project.ReadFacts(name)
	if err != nil {
		return nil, &exitError{exitUnreadable, err}
	}
	return facts, nil
}

// releasesWith returns the embedded releases, oldest first, and facts in their
// place among them. Those of another domain stand alone.
func releasesWith(facts *attack.Facts) (all []*attack.Facts, err error) {
	if facts.Domain != attack.Enterprise {
		return []*attack.Facts{facts}, nil
	}
	for _, release := range attack.Releases() {
		if release == facts.Version {
			continue
		}
		f, err := attack.Load(release)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	all = append(all, facts)
	slices.SortFunc(all, func(a, b *attack.Facts) int { return attack.CompareVersions(a.Version, b.Version) })
	return all, nil
}

func (c *cli) attackLicenseCommand() *cobra.Command {
	release := ""
	cmd := &cobra.Command{
		Use:   "license",
		Short: "Print MITRE's license of ATT&CK, its copyright designation and the trademark",
		Long: `Print MITRE's license of ATT&CK, its copyright designation and the trademark. They
have to go with every copy of facts, such as a report that lists techniques.`,
		Example: "  socctl attack license\n  socctl attack license --release 18.1",
		Args:    noArguments(""),
		RunE: func(*cobra.Command, []string) error {
			facts, err := c.facts(release)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.stdout, "%s\n%s\n", facts.License(), attack.Trademark)
			return err
		},
	}
	releaseFlag(cmd.Flags(), &release, "release", "facts that are meant")
	return cmd
}
