package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/rules"
)

func (c *cli) attackDiffCommand() *cobra.Command {
	format, failOnChange := "", false
	cmd := &cobra.Command{
		Use:   "diff FROM [TO]",
		Short: "Show what a release of ATT&CK changed",
		Long: `Show what a release changed: tactics, techniques that are new, replaced, given up,
renamed, moved to other tactics or other platforms. FROM and TO are releases that
socctl has, or files of imported facts. Without TO, the facts in use.`,
		Example: `  socctl attack diff 18.1 19.1
  socctl attack diff 18.1 19.1 -f markdown
  socctl attack diff 19.1 .socctl/attack/enterprise-19.2.tsv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usageError("name one release or two, as in socctl attack diff 18.1 19.1")
			}
			return nil
		},
		ValidArgs: attack.Releases(),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(report.AttackDiffFormats, format) {
				return usageError("unknown format %q: attack diff knows %s", format, strings.Join(report.AttackDiffFormats, ", "))
			}
			from, err := c.facts(args[0])
			if err != nil {
				return err
			}
			to, err := c.facts(strings.Join(args[1:], ""))
			if err != nil {
				return err
			}
			if from.Domain != to.Domain {
				return usageError("%s and %s are of different domains: there is nothing to compare", from.Label(), to.Label())
			}
			changes := attack.Compare(from, to)
			if err := report.AttackDiff(c.stdout, c.out(), format, changes, to); err != nil {
				return err
			}
			if failOnChange && !changes.Empty() {
				return exitWith(exitFindings)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "pretty", strings.Join(report.AttackDiffFormats, ", "))
	cmd.Flags().BoolVar(&failOnChange, "exit-code", false, "exit with 1 if anything changed")
	return cmd
}

func (c *cli) attackExplainCommand() *cobra.Command {
	release, format := "", ""
	cmd := &cobra.Command{
		Use:   "explain TECHNIQUE|TACTIC|GROUP|TAG",
		Short: "Tell what a technique, tactic, group or tag is, what became of it, and how it is detected",
		Example: `  socctl attack explain T1059.001
  socctl attack explain attack.t1562.001
  socctl attack explain defense-evasion`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("name one technique, tactic or tag, as in socctl attack explain T1059.001")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return c.attackExplain(args[0], release, format) },
	}
	releaseFlag(cmd.Flags(), &release, "release", "facts to explain by")
	cmd.Flags().StringVarP(&format, "format", "f", "pretty", "pretty or json")
	return cmd
}

func (c *cli) attackExplain(name, release, format string) error {
	if format != "pretty" && format != "json" {
		return usageError("unknown format %q: attack explain knows pretty, json", format)
	}
	facts, err := c.facts(release)
	if err != nil {
		return err
	}
	all, err := releasesWith(facts)
	if err != nil {
		return err
	}
	text := name
	if !strings.HasPrefix(strings.ToLower(text), "attack.") {
		text = "attack." + text
	}
	tag, _ := attack.ParseTag(text)
	switch tag.Kind {
	case attack.GroupTag:
		if group := facts.Group(tag.Name); group != nil {
			return report.AttackGroup(c.stdout, c.out(), format, facts, group)
		}
		return unknownFact(facts, "group", tag.Name, nil)
	case attack.SoftwareTag, attack.CampaignTag, attack.OtherTag:
		return usageError("%s is of kind %s: facts are of techniques, tactics and groups", tag.Name, tag.Kind)
	}
	knownTo := func(f *attack.Facts) bool { return f.Technique(tag.Name) != nil || f.Tactic(tag.Name) != nil }
	if !slices.ContainsFunc(all, knownTo) {
		return unknownTag(name, tag, facts)
	}
	return report.AttackExplain(c.stdout, c.out(), format, facts, all, tag)
}

// unknownTag says that no release has what was asked for, and what was meant.
func unknownTag(name string, tag attack.Tag, f *attack.Facts) error {
	var known []string
	for _, t := range f.Tactics {
		known = append(known, t.Key)
	}
	near := rules.Nearest(tag.Name, known)
	for t := range f.Techniques {
		if near == "" && strings.EqualFold(t.Name, strings.TrimPrefix(name, "attack.")) {
			near = t.ID
		}
	}
	if near != "" {
		return usageError("no release of ATT&CK has %q: did you mean %s?", name, near)
	}
	return usageError("no release of ATT&CK has a technique or tactic %q: socctl attack list --name TEXT finds techniques by name", name)
}
