package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/rules"
)

// attackListOptions are the flags of attack list.
type attackListOptions struct {
	release, format                     string
	tactics, platforms                  []string
	component, group, contains          string
	retired, parents, subs, unmonitored bool
}

var attackKinds = []string{"techniques", "tactics", "platforms", "components", "groups", "releases"}

func (c *cli) attackListCommand() *cobra.Command {
	var o attackListOptions
	cmd := &cobra.Command{
		Use:   "list [techniques|tactics|platforms|components|groups|releases]",
		Short: "List techniques, tactics and whatever else there are facts of",
		Long: `List techniques, which is the default, tactics in the order of the matrix,
platforms, data components, groups, or the releases that there are facts of.
Filters are about techniques and narrow each other.`,
		Example: `  socctl attack list --tactic stealth --platform Linux
  socctl attack list --component "Process Creation" --parents -f csv
  socctl attack list --group APT29 -f json
  socctl attack list releases`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind := "techniques"
			if len(args) > 0 {
				kind = args[0]
			}
			return c.attackList(kind, &o, cmd.Flags().Changed)
		},
		ValidArgs: attackKinds,
	}
	flags := cmd.Flags()
	releaseFlag(flags, &o.release, "release", "facts to list")
	flags.StringSliceVar(&o.tactics, "tactic", nil, "techniques of a `tactic`, by key or id; may be repeated")
	flags.StringSliceVar(&o.platforms, "platform", nil, "techniques of a `platform`; may be repeated")
	flags.StringVar(&o.component, "component", "", "techniques that are detected by a data `component`, by name or id")
	flags.StringVar(&o.group, "group", "", "techniques that a `group` uses, by name or id")
	flags.StringVar(&o.contains, "name", "", "techniques whose id or name contains a `text`")
	flags.BoolVar(&o.parents, "parents", false, "no sub-techniques")
	flags.BoolVar(&o.subs, "subs", false, "sub-techniques only")
	flags.BoolVar(&o.retired, "retired", false, "those that are out of force, instead")
	flags.BoolVar(&o.unmonitored, "no-detection", false, "techniques of which ATT&CK does not say how they are detected")
	flags.StringVarP(&o.format, "format", "f", "pretty", strings.Join(report.AttackFormats, ", "))
	return cmd
}

func (c *cli) attackList(kind string, o *attackListOptions, given func(string) bool) error {
	switch {
	case !slices.Contains(attackKinds, kind):
		if near := rules.Nearest(kind, attackKinds); near != "" {
			return usageError("there are no %s to list: did you mean %s?", kind, near)
		}
		return usageError("there are no %s to list: known are %s", kind, strings.Join(attackKinds, ", "))
	case !slices.Contains(report.AttackFormats, o.format):
		return usageError("unknown format %q: attack list knows %s", o.format, strings.Join(report.AttackFormats, ", "))
	}
	for _, flag := range []string{"tactic", "platform", "component", "group", "name", "parents", "subs", "retired", "no-detection"} {
		if kind != "techniques" && given(flag) {
			return usageError("--%s is about techniques, not %s", flag, kind)
		}
	}
	facts, err := c.facts(o.release)
	if err != nil {
		return err
	}
	if kind == "techniques" {
		found, err := o.techniques(facts)
		if err != nil {
			return err
		}
		return report.AttackTechniques(c.stdout, o.format, facts, found)
	}
	if kind != "releases" {
		return report.AttackList(c.stdout, o.format, facts, kind)
	}
	all, err := releasesWith(facts)
	if err != nil {
		return err
	}
	return report.AttackReleases(c.stdout, o.format, all, facts)
}

// techniques returns those that the filters leave.
func (o *attackListOptions) techniques(f *attack.Facts) (found []*attack.Technique, err error) {
	if err := o.resolve(f); err != nil {
		return nil, err
	}
	ofGroup := map[string]bool{}
	if o.group != "" {
		for _, id := range f.Group(o.group).Techniques {
			ofGroup[id] = true
		}
	}
	all := f.Techniques
	if o.retired {
		all = f.Retired
	}
	for t := range all {
		components := f.ComponentsOf(t.ID, "")
		if anyOf(o.tactics, t.Tactics) && anyOf(o.platforms, t.Platforms) && (o.component == "" || slices.Contains(components, o.component)) &&
			(o.group == "" || ofGroup[t.ID]) && (!o.unmonitored || len(components) == 0) && (!o.parents || t.Parent() == "") && (!o.subs || t.Parent() != "") &&
			strings.Contains(strings.ToLower(t.ID+" "+t.Name), strings.ToLower(o.contains)) {
			found = append(found, t)
		}
	}
	return found, nil
}

// resolve brings what filters name into the spelling of the facts.
func (o *attackListOptions) resolve(f *attack.Facts) error {
	keys := make([]string, len(f.Tactics))
	for i, t := range f.Tactics {
		keys[i] = t.Key
	}
	for i, name := range o.tactics {
		t := f.Tactic(name)
		if t == nil {
			return unknownFact(f, "tactic", name, keys)
		}
		o.tactics[i] = t.Key
	}
	for i, name := range o.platforms {
		if o.platforms[i] = f.Platform(name); o.platforms[i] == "" {
			return unknownFact(f, "platform", name, f.Platforms())
		}
	}
	if o.component != "" {
		component := f.Component(o.component)
		if component == nil {
			var names []string
			for _, c := range f.Components {
				names = append(names, c.Name)
			}
			return unknownFact(f, "data component", o.component, names)
		}
		o.component = component.Name
	}
	if o.group != "" && f.Group(o.group) == nil {
		var names []string
		for _, g := range f.Groups() {
			names = append(names, g.Name)
		}
		return unknownFact(f, "group", o.group, names)
	}
	return nil
}

// unknownFact names what was probably meant, or all that there is if it is not
// much.
func unknownFact(f *attack.Facts, what, name string, known []string) error {
	text := fmt.Sprintf("%s has no %s %q", f.Label(), what, name)
	switch near := rules.Nearest(name, known); {
	case near != "":
		return usageError("%s: did you mean %s?", text, near)
	case len(known) > 0 && len(known) <= 20:
		return usageError("%s: there are %s", text, strings.Join(known, ", "))
	}
	return usageError("%s: socctl attack list %ss shows them", text, what[strings.LastIndex(what, " ")+1:])
}

// anyOf reports whether one of wanted is among has; without any everything is.
func anyOf(wanted, has []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(has, w) })
}
