package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/ledger"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// defaultLedger is the folder of verdicts beside the configuration.
const defaultLedger = "verdicts"

func (c *cli) verdictCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verdict",
		Short: "What investigations found alerts to be: add, import, list, check, count",
		Long: `Keep what investigations found alerts to be. Verdicts are lines of NDJSON in a
folder that belongs into the repository of the rules; nothing is ever changed or
removed in it, a change of mind is a further line.`,
		Example: `  socctl eval -r rules -q attack.evtx | socctl verdict add malicious --by human:alice -
  socctl verdict import --from sentinel incidents.json
  socctl verdict check`,
	}
	cmd.AddCommand(c.verdictAddCommand(), c.verdictImportCommand(), c.verdictListCommand(), c.verdictCheckCommand(), c.verdictStatsCommand(), c.verdictSchemaCommand(), c.verdictKeyCommand())
	return cmd
}

// ledgerOptions are the flags of all commands about verdicts.
type ledgerOptions struct {
	rules     []string
	pipelines []string
	store     string
}

func (o *ledgerOptions) flags(flags *pflag.FlagSet) {
	ledgerFlag(flags, &o.store, "store", "`path` of the verdicts, a file or a folder; --verdicts is the same (default: verdicts under feedback: of the configuration, else the folder verdicts)")
	flags.StringSliceVarP(&o.rules, "rules", "r", nil, "rule `path` (default: rules of the configuration)")
	pipelineFlag(flags, &o.pipelines)
}

// ledgerFlag adds the flag for the path of verdicts, which is called --store or
// --verdicts and understood by both names everywhere.
func ledgerFlag(flags *pflag.FlagSet, to *string, name, usage string) {
	flags.Var((*onceText)(to), name, usage)
	flags.SetNormalizeFunc(func(_ *pflag.FlagSet, given string) pflag.NormalizedName {
		if given == "store" || given == "verdicts" {
			given = name
		}
		return pflag.NormalizedName(given)
	})
}

// onceText is a text that may be given once: of two paths the last would win in
// silence.
type onceText string

// Set implements pflag.Value.
func (t *onceText) Set(text string) error {
	if *t != "" {
		return fmt.Errorf("%s was named already", *t)
	}
	*t = onceText(text)
	return nil
}

// String implements pflag.Value.
func (t *onceText) String() string { return string(*t) }

// Type implements pflag.Value.
func (t *onceText) Type() string { return "path" }

// verdicts is the ledger with what the configuration says about it.
type verdicts struct {
	cfg     *config.Config
	path    string
	named   bool // on the command line
	policy  feedback.Policy
	merge   string   // folder of the policy for what is merged without a person, "" without one
	attacks []string // recordings of known attacks, as they are configured
}

func (c *cli) verdicts(o *ledgerOptions) (*verdicts, error) {
	cfg, err := c.config(".")
	if err != nil {
		return nil, err
	}
	settings, diags := feedback.ParseSettings(cfg.Feedback)
	c.diagnose(diags)
	if diags.Count(rules.Error) > 0 {
		return nil, &exitError{code: exitUsage}
	}
	v := &verdicts{cfg: cfg, path: o.store, named: o.store != "", policy: settings.Policy, merge: settings.Merge.Text, attacks: settings.Attacks}
	if v.path == "" {
		v.path = ledgerOf(cfg, &settings)
	}
	return v, nil
}

// ledgerOf is where a configuration has its verdicts.
func ledgerOf(cfg *config.Config, s *feedback.Settings) string {
	if s.Verdicts.Present() {
		return cfg.Resolve(s.Verdicts.Text)
	}
	return cfg.Resolve(defaultLedger)
}

// state reads and folds the ledger, and shows what cannot be read. damaged is
// whether there was such a thing. Without any verdict a ledger need not be there, unless
// it was named: a misspelt path must not pass as no attack.
func (c *cli) state(v *verdicts) (state *feedback.State, contents *ledger.Contents, damaged bool, err error) {
	if _, err := os.Stat(v.path); v.named && err != nil {
		return nil, nil, false, &exitError{exitUnreadable, fmt.Errorf("no verdicts: %w", err)}
	}
	contents, err = ledger.Read(v.path)
	if err != nil {
		return nil, nil, false, &exitError{exitUnreadable, err}
	}
	return feedback.Fold(contents.Verdicts, feedback.FoldOptions{Now: c.now, Policy: v.policy}), contents, contents.Diagnostics.Count(rules.Error) > 0, nil
}

// ruleNames are the rules that verdicts can be about: hashes by id, or by title for
// those without, and what else may be said for them. Rules with errors have a title and an
// empty hash, and nothing else stands for them.
type ruleNames struct {
	hashes map[string]string
	titles map[string]string   // by id
	named  map[string][]string // ids by title, name or id in lower case
}

// ruleNames reads the rules; nil without any being named or configured.
func (c *cli) ruleNames(v *verdicts, o *ledgerOptions) (*ruleNames, error) {
	if len(o.rules) == 0 && len(v.cfg.Rules) == 0 {
		return nil, nil
	}
	loaded, err := c.loadRules(v.cfg, o.rules, o.pipelines)
	if err != nil {
		return nil, err
	}
	return namesOf(loaded), nil
}

func namesOf(loaded *loadedRules) *ruleNames {
	out := &ruleNames{hashes: map[string]string{}, titles: map[string]string{}, named: map[string][]string{}}
	for _, doc := range loaded.set.Documents() {
		h := doc.Meta()
		if id := cmp.Or(h.ID.Text, h.Title.Text); !isFilter(doc) && id != "" {
			out.hashes[id], out.titles[id] = "", h.Title.Text
		}
	}
	add := func(doc rules.Document, hash string) {
		h := doc.Meta()
		id := cmp.Or(h.ID.Text, h.Title.Text)
		out.hashes[id], out.titles[id] = hash, h.Title.Text
		for _, name := range []string{id, h.Title.Text, h.Name.Text} {
			key := strings.ToLower(name)
			if key != "" && !slices.Contains(out.named[key], id) {
				out.named[key] = append(out.named[key], id)
			}
		}
	}
	for _, r := range loaded.program.Rules {
		add(r.Source, r.Hash)
	}
	for _, r := range loaded.program.Correlations {
		add(r.Source, r.Hash)
	}
	return out
}

func isFilter(doc rules.Document) bool {
	_, filter := doc.(*rules.Filter)
	return filter
}

// find returns the rule of an id, a title or a name. Products put the id into
// longer ones of their own.
func (n *ruleNames) find(name string) (string, bool) {
	text := strings.ToLower(strings.TrimSpace(name))
	if ids := n.named[text]; len(ids) == 1 {
		return ids[0], true
	}
	for i := 0; i+36 <= len(text); i++ {
		if ids := n.named[text[i:i+36]]; len(ids) == 1 && strings.Count(text[i:i+36], "-") == 4 {
			return ids[0], true
		}
	}
	return "", false
}

// ids returns the ids of all rules of these ids, names and titles.
func (n *ruleNames) ids(names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		ids := n.named[strings.ToLower(strings.TrimSpace(name))]
		if len(ids) == 0 {
			near := rules.Nearest(strings.ToLower(name), slices.Sorted(maps.Keys(n.named)))
			if near != "" {
				return nil, usageError("no rule has the id, name or title %q: did you mean %q?", name, near)
			}
			return nil, usageError("no rule has the id, name or title %q", name)
		}
		out = append(out, ids...)
	}
	return out, nil
}

// unknown says that there is no rule of a name.
func (n *ruleNames) unknown(name string) error {
	if ids := n.named[strings.ToLower(name)]; len(ids) > 1 {
		return usageError("%d rules are called %q: give the id", len(ids), name)
	}
	known := make([]string, 0, len(n.named))
	for k := range n.named {
		known = append(known, k)
	}
	slices.Sort(known)
	if near := rules.Nearest(strings.ToLower(name), known); near != "" {
		return usageError("no rule has the id, name or title %q: did you mean %q?", name, near)
	}
	return usageError("no rule has the id, name or title %q; with --any-rule the verdict is stored all the same", name)
}

// ruleNamed refuses a --rule that is given and empty, as by a variable of a shell that
// is not set: all rules is something else.
func ruleNamed(cmd *cobra.Command) error {
	if f := cmd.Flags().Lookup("rule"); f.Changed && (f.Value.String() == "" || f.Value.String() == "[]") {
		return usageError("--rule is empty: name one, or leave it out")
	}
	return nil
}

// unjudged says that there is no rule of a name, and no verdict on one either.
func unjudged(name string, names *ruleNames) error {
	if names != nil {
		known := slices.Sorted(maps.Keys(names.named))
		if near := rules.Nearest(strings.ToLower(name), known); near != "" {
			return usageError("no rule has the id, name or title %q: did you mean %q?", name, near)
		}
	}
	return usageError("no rule has the id, name or title %q, and no verdict is about one of that id or title", name)
}

// parseInvestigator reads kind:id or kind:id@version. Without a kind it is a person.
func parseInvestigator(flag, text string) (feedback.Investigator, error) {
	kind, id, ok := strings.Cut(text, ":")
	if !ok {
		kind, id = string(feedback.Human), text
	}
	out := feedback.Investigator{Kind: feedback.Kind(kind), ID: id}
	if out.Kind == feedback.Agent {
		out.ID, out.Version, _ = strings.Cut(id, "@")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.TrimSpace(out.ID) != out.ID {
		return out, usageError("%s: %q has characters that nobody sees: a name that looks like another one is another investigator", flag, text)
	}
	if out.ID == "" || out.Kind != feedback.Human && out.Kind != feedback.Agent {
		return out, usageError("%s takes human:NAME or agent:NAME@VERSION, not %q", flag, text)
	}
	return out, nil
}

// readFile reads a file that was named, - for standard input.
func (c *cli) readFile(name string) (*rules.File, error) {
	const most = 1 << 30
	if name == "-" {
		data, err := readLimited(c.stdin, most)
		return rules.NewFile("-", trimMark(data)), err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := readLimited(f, most)
	return rules.NewFile(filepath.ToSlash(name), trimMark(data)), errors.Join(err, f.Close())
}

func (c *cli) verdictSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Older spelling of socctl schema verdict",
		Example: `  socctl verdict schema > verdict.schema.json`,
		Hidden:  true,
		Args:    noArguments(""),
		RunE:    func(*cobra.Command, []string) error { return c.printSchema(feedback.Schema()) },
	}
}
