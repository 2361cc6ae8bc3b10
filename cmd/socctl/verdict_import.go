package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/importer"
	"github.com/socctl/socctl/rules"
)

// importOptions are the flags of verdict import.
type importOptions struct {
	ledgerOptions
	sign                      string
	from, mapping, by, format string
	anyRule, dryRun           bool
}

// ownRecords is the name of the format of socctl itself.
const ownRecords = "socctl"

func (c *cli) verdictImportCommand() *cobra.Command {
	var o importOptions
	names := []string{ownRecords}
	for _, m := range importer.Mappings() {
		names = append(names, m.Name)
	}
	cmd := &cobra.Command{
		Use:   "import --from PRODUCT FILE...",
		Short: "Store the verdicts of another product",
		Long: `Store the verdicts of closed alerts and incidents that another product exported as
JSON, NDJSON or CSV. PRODUCT is one of
` + strings.Join(names, ", ") + `; the first are verdicts as socctl writes them.

A value that is not known is an error with its place, and the record is left out:
closing is not a verdict. A mapping of your own says with --mapping what your
values mean. Nothing is stored if anything is wrong, unless --keep-going.`,
		Example: `  socctl verdict import --from sentinel incidents.json
  socctl verdict import --from csv --by human:alice tickets.csv
  socctl verdict import --mapping ours.yml export.json --dry-run -f ndjson`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a file to import, or - for standard input")
			}
			return nil
		},
	}
	keepGoing := false
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.verdictImport(cmd.Context(), &o, args, names, keepGoing)
	}
	flags := cmd.Flags()
	o.flags(flags)
	flags.StringVar(&o.from, "from", "", "`product` that exported: "+strings.Join(names, ", "))
	flags.StringVar(&o.mapping, "mapping", "", "`file` that says what values mean, instead of --from")
	flags.StringVar(&o.by, "by", "", "who judged where a record does not say: human:`NAME`, or agent:NAME@VERSION")
	flags.BoolVar(&o.anyRule, "any-rule", false, "do not ask whether there is such a rule")
	flags.StringVar(&o.sign, "sign", "", "private key, a PEM `file` of Ed25519, to sign records with that are not")
	flags.BoolVar(&o.dryRun, "dry-run", false, "store nothing")
	flags.BoolVar(&keepGoing, "keep-going", false, "store what could be understood though something was not")
	flags.StringVarP(&o.format, "format", "f", "pretty", "pretty, or ndjson: the records")
	return cmd
}

func (c *cli) verdictImport(ctx context.Context, o *importOptions, files, products []string, keepGoing bool) error {
	if o.format != "pretty" && o.format != "ndjson" {
		return usageError("unknown format %q: pretty or ndjson", o.format)
	}
	v, err := c.verdicts(&o.ledgerOptions)
	if err != nil {
		return err
	}
	options, err := c.importerOptions(v, o, products)
	if err != nil {
		return err
	}
	var all []feedback.Verdict
	var diags rules.Diagnostics
	records, pending := 0, 0
	for _, name := range files {
		file, err := c.readFile(name)
		if err != nil {
			return &exitError{exitUnreadable, err}
		}
		got := readVerdicts(file, options)
		dropFuture(got, c.now.Add(v.policy.ClockSkew))
		all, diags = append(all, got.Verdicts...), append(diags, got.Diagnostics...)
		records, pending = records+got.Records, pending+got.Pending
	}
	report.FewDiagnostics(c.stderr, c.err(), diags)
	if !c.quiet {
		fmt.Fprintf(c.stderr, "%s, %s, %d without a verdict, %s\n", report.Count(records, "record"), report.Count(len(all), "verdict"), pending, report.Count(diags.Count(rules.Error), "problem"))
	}
	code := exitClean
	if diags.Count(rules.Error) > 0 {
		code = exitUnreadable
	}
	if code != exitClean && !keepGoing {
		return exitWith(code)
	}
	if err := sign(o.sign, &v.policy.Signatures, all); err != nil {
		return err
	}
	if o.dryRun {
		return c.showRecords(all, o.format, code)
	}
	return c.store(ctx, v, all, o.format, code)
}

// dropFuture leaves out the verdicts that no ledger would take, and tells of each.
func dropFuture(read *importer.Result, latest time.Time) {
	read.Verdicts = slices.DeleteFunc(read.Verdicts, func(v feedback.Verdict) bool {
		if !v.Time.After(latest) {
			return false
		}
		read.Diagnostics = append(read.Diagnostics, rules.Diagnostic{Code: "verdict/future", Severity: rules.Error, Span: v.Span,
			Message: fmt.Sprintf("the time %s is in the future", v.Time.Format(time.RFC3339)), Help: "correct the clock that it is from, or name the time with --now"})
		return true
	})
	read.Diagnostics.Sort()
}

func (c *cli) showRecords(all []feedback.Verdict, format string, code int) error {
	if format != "ndjson" {
		return exitWith(code)
	}
	for i := range all {
		line, err := all[i].AppendJSON(nil)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(c.stdout, "%s\n", line); err != nil {
			return &exitError{exitUnreadable, err}
		}
	}
	return exitWith(code)
}

// importerOptions are for the mapping that was chosen, or without one for records
// of socctl itself.
func (c *cli) importerOptions(v *verdicts, o *importOptions, products []string) (out importer.Options, err error) {
	switch {
	case (o.from == "") == (o.mapping == ""):
		return out, usageError("say what the files are, with --from or with --mapping: %s", strings.Join(products, ", "))
	case o.mapping != "":
		data, err := os.ReadFile(o.mapping)
		if err != nil {
			return out, &exitError{exitUsage, err}
		}
		mapping, diags := importer.ParseMapping(o.mapping, data)
		c.diagnose(diags)
		if diags.Count(rules.Error) > 0 {
			return out, &exitError{code: exitUsage}
		}
		out.Mapping = mapping
	case o.from != ownRecords:
		if out.Mapping = importer.Find(o.from); out.Mapping == nil {
			if near := rules.Nearest(o.from, products); near != "" {
				return out, usageError("unknown product %q: did you mean %s?", o.from, near)
			}
			return out, usageError("unknown product %q: --from takes %s", o.from, strings.Join(products, ", "))
		}
	}
	if o.by != "" {
		if out.Investigator, err = parseInvestigator("--by", o.by); err != nil {
			return out, err
		}
	}
	if o.anyRule {
		return out, nil
	}
	names, err := c.ruleNames(v, &o.ledgerOptions)
	if names != nil {
		out.Rule = names.find
	}
	return out, err
}

// readVerdicts reads a file by a mapping, or without one as records of socctl.
func readVerdicts(file *rules.File, o importer.Options) *importer.Result {
	if o.Mapping != nil {
		return importer.Read(file, o)
	}
	out := &importer.Result{}
	var verdicts []feedback.Verdict
	verdicts, _, out.Diagnostics = feedback.Decode(file)
	out.Records = len(verdicts) + len(out.Diagnostics)
	for i := range out.Diagnostics {
		out.Diagnostics[i].Severity = rules.Error // half a line is not to be imported either
	}
	for _, v := range verdicts {
		if o.Rule != nil {
			id, ok := o.Rule(v.Alert.RuleID)
			if !ok || id != v.Alert.RuleID {
				out.Diagnostics = append(out.Diagnostics, rules.Diagnostic{Code: "verdict/unknown-rule", Severity: rules.Error, Span: v.Span,
					Message: fmt.Sprintf("no rule has the id %.200q", v.Alert.RuleID), Help: "name the rules with -r, or store it all the same with --any-rule"})
				continue
			}
		}
		out.Verdicts = append(out.Verdicts, v)
	}
	return out
}
