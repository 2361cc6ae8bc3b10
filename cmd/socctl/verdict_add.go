package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/importer"
	"github.com/socctl/socctl/feedback/ledger"
	"github.com/socctl/socctl/rules"
)

// verdictOptions are the flags of verdict add.
type verdictOptions struct {
	ledgerOptions
	by, reviewedBy, session           string
	rule, ruleHash, alertUID          string
	events                            []string
	reason, code, scope, incident     string
	supersedes, expires, made, format string
	confidence                        float64
	anyRule                           bool
	sign                              string
}

func (c *cli) verdictAddCommand() *cobra.Command {
	var o verdictOptions
	names := make([]string, 0, 8)
	for _, outcome := range feedback.Outcomes() {
		names = append(names, string(outcome))
	}
	cmd := &cobra.Command{
		Use:   "add VERDICT [ALERTS...]",
		Short: "Store a verdict on an alert",
		Long: `Store a verdict on alerts: those that eval prints as NDJSON, in files or on
standard input (-), or the one that --rule and --event name. VERDICT is one of
` + strings.Join(names, ", ") + `.

When the command ends with 0 the verdicts are on the disk. To store the same
verdict twice does no harm.`,
		Example: `  socctl eval -r rules -q attack.evtx | socctl verdict add malicious --by human:alice -
  socctl verdict add false_logic --by agent:triage@m-1 --rule Whoami --event sha256:… --code LOB_SOFTWARE
  socctl verdict add benign_expected --by human:bob --supersedes sha256:… alert.ndjson
  socctl verdict add malicious --by human:alice --sign alice.pem alert.ndjson`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || !slices.Contains(names, args[0]) {
				return unknownVerdict(args, names)
			}
			return c.verdictAdd(cmd.Context(), &o, feedback.Outcome(args[0]), args[1:], cmd.Flags().Changed("confidence"))
		},
	}
	flags := cmd.Flags()
	o.flags(flags)
	flags.StringVar(&o.by, "by", "", "who judged: human:`NAME`, or agent:NAME@VERSION")
	flags.StringVar(&o.reviewedBy, "reviewed-by", "", "a person who looked at it: `NAME`")
	flags.StringVar(&o.session, "session", "", "`session` of the investigator")
	flags.StringVar(&o.rule, "rule", "", "`rule` that raised the alert, by id, name or title")
	flags.StringVar(&o.ruleHash, "rule-hash", "", "`hash` of the rule as it was (default: as it is)")
	flags.StringArrayVar(&o.events, "event", nil, "`fingerprint` of an event of the alert; may be repeated")
	flags.StringVar(&o.alertUID, "alert", "", "`id` of the alert in the product that raised it")
	flags.StringVar(&o.reason, "reason", "", "why, for people")
	flags.StringVar(&o.code, "code", "", "why, in a `word` of your own")
	flags.Float64Var(&o.confidence, "confidence", 1, "how sure, from 0 to 1")
	flags.StringVar(&o.scope, "scope", feedback.ScopeAlert, "alert, or incident: said of all alerts of one")
	flags.StringVar(&o.incident, "incident", "", "`id` of the incident")
	flags.StringVar(&o.supersedes, "supersedes", "", "`uid` of an earlier verdict that this one takes back")
	flags.StringVar(&o.expires, "expires", "", "`day` from which on it supports nothing")
	flags.StringVar(&o.made, "time", "", "`time` at which it was judged (default: --now)")
	flags.StringVar(&o.sign, "sign", "", "private key, a PEM `file` of Ed25519, to sign with; its public key stands in feedback: of the configuration")
	flags.BoolVar(&o.anyRule, "any-rule", false, "do not ask whether there is such a rule")
	flags.StringVarP(&o.format, "format", "f", "pretty", "pretty, or ndjson: the records that were stored or known")
	return cmd
}

func unknownVerdict(args, names []string) error {
	if len(args) > 0 {
		if near := rules.Nearest(args[0], names); near != "" {
			return usageError("there is no verdict %q: did you mean %s?", args[0], near)
		}
	}
	return usageError("name a verdict: %s", strings.Join(names, ", "))
}

func (c *cli) verdictAdd(ctx context.Context, o *verdictOptions, outcome feedback.Outcome, files []string, sure bool) error {
	v, err := c.verdicts(&o.ledgerOptions)
	if err != nil {
		return err
	}
	template, err := o.template(c.now, outcome, sure)
	if err != nil {
		return err
	}
	if err := o.possible(&template, c.now.Add(v.policy.ClockSkew)); err != nil {
		return err
	}
	var names *ruleNames
	if !o.anyRule {
		if names, err = c.ruleNames(v, &o.ledgerOptions); err != nil {
			return err
		}
	}
	alerts, code, err := c.judged(o, files)
	if err != nil {
		return err
	}
	var all []feedback.Verdict
	for _, a := range alerts {
		one := template
		one.Alert = a
		one.Alert.Incident = o.incident
		if err := o.settle(&one.Alert, names); err != nil {
			return err
		}
		one.Seal()
		all = append(all, one)
	}
	if len(all) == 0 {
		return &exitError{max(code, exitUsage), fmt.Errorf("no alert to judge: name it with --rule and --event, or give it what eval prints")}
	}
	if err := all[0].Check(); err != nil { // as would be said of all
		return &exitError{max(code, exitUsage), err}
	}
	if err := sign(o.sign, &v.policy.Signatures, all); err != nil {
		return err
	}
	return c.store(ctx, v, all, o.format, code)
}

// template is a verdict without its alert.
func (o *verdictOptions) template(now time.Time, outcome feedback.Outcome, sure bool) (v feedback.Verdict, err error) {
	if o.by == "" {
		return v, usageError("say who judged: --by human:NAME or --by agent:NAME@VERSION")
	}
	v = feedback.Verdict{Verdict: outcome, Time: now, Scope: o.scope, Supersedes: o.supersedes}
	if v.Investigator, err = parseInvestigator("--by", o.by); err != nil {
		return v, err
	}
	v.Investigator.Session = o.session
	if o.made != "" {
		if v.Time, err = time.Parse(time.RFC3339Nano, o.made); err != nil {
			return v, usageError("--time takes a time in RFC 3339, not %q", o.made)
		}
	}
	if o.reviewedBy != "" {
		by, err := parseInvestigator("--reviewed-by", o.reviewedBy)
		if err != nil {
			return v, err
		}
		v.ReviewedBy = []feedback.Review{{Kind: by.Kind, ID: by.ID, Time: now}}
	}
	if sure {
		v.Confidence = &o.confidence
	}
	if o.reason != "" || o.code != "" {
		v.Reason = &feedback.Reason{Code: o.code, Text: o.reason}
	}
	if o.expires != "" {
		at, err := time.Parse(time.DateOnly, o.expires)
		if err != nil {
			return v, usageError("--expires takes a day such as 2026-08-01, not %q", o.expires)
		}
		v.Expires = &at
	}
	return v, nil
}

// possible looks at what flags say before it is said of every alert. latest is how far
// ahead a clock may be.
func (o *verdictOptions) possible(v *feedback.Verdict, latest time.Time) error {
	hashes := [][2]string{{"--rule-hash", o.ruleHash}, {"--supersedes", o.supersedes}}
	for _, event := range o.events {
		hashes = append(hashes, [2]string{"--event", event})
	}
	for _, h := range hashes {
		if h[1] != "" && !feedback.IsHash(h[1]) {
			return usageError("%s: %.80q is no fingerprint: it is sha256: and 64 hexadecimal digits in lower case", h[0], h[1])
		}
	}
	switch {
	case v.Confidence != nil && !(*v.Confidence >= 0 && *v.Confidence <= 1):
		return usageError("--confidence takes a number from 0 to 1, not %v", *v.Confidence)
	case v.Scope != feedback.ScopeAlert && v.Scope != feedback.ScopeIncident:
		return usageError("--scope takes %s or %s, not %q", feedback.ScopeAlert, feedback.ScopeIncident, v.Scope)
	case v.Time.After(latest):
		return usageError("--time: %s is in the future: correct the clock", v.Time.Format(time.RFC3339))
	case v.Expires != nil && !v.Expires.After(v.Time):
		return usageError("--expires: %s is past at %s, when it was judged: it would support nothing", o.expires, v.Time.Format(time.RFC3339))
	}
	return nil
}

// judged are the alerts that the verdict is about.
func (c *cli) judged(o *verdictOptions, files []string) (alerts []feedback.Alert, code int, err error) {
	if o.rule != "" || len(o.events) > 0 || o.alertUID != "" {
		if len(files) > 0 {
			return nil, 0, usageError("name an alert with --rule and --event, or give files of alerts, not both")
		}
		if o.rule == "" {
			return nil, 0, usageError("--rule is missing: which rule raised the alert?")
		}
		return []feedback.Alert{{RuleID: o.rule, RuleHash: o.ruleHash, EventFP: o.events, AlertUID: o.alertUID}}, 0, nil
	}
	for _, name := range files {
		file, err := c.readFile(name)
		if err != nil {
			return nil, 0, &exitError{exitUnreadable, err}
		}
		found, diags := importer.Alerts(file)
		report.FewDiagnostics(c.stderr, c.err(), diags)
		if diags.Count(rules.Error) > 0 {
			code = exitUnreadable
		}
		alerts = append(alerts, found...)
	}
	return alerts, code, nil
}

// settle finds the rule of an alert, and its hash if the alert has none.
func (o *verdictOptions) settle(a *feedback.Alert, names *ruleNames) error {
	if names == nil {
		return nil
	}
	id, ok := names.find(a.RuleID)
	if !ok {
		return names.unknown(a.RuleID)
	}
	a.RuleID, a.RuleHash = id, cmp.Or(a.RuleHash, names.hashes[id])
	return nil
}

// store adds verdicts to the ledger and tells what became of them.
func (c *cli) store(ctx context.Context, v *verdicts, all []feedback.Verdict, format string, code int) error {
	if format != "pretty" && format != "ndjson" {
		return usageError("unknown format %q: pretty or ndjson", format)
	}
	receipt, err := ledger.Open(v.path, ledger.Options{Now: func() time.Time { return c.now }, Skew: v.policy.ClockSkew}).Add(ctx, all...)
	if err != nil {
		return &exitError{max(code, exitUsage), err}
	}
	for _, torn := range receipt.Recovered {
		fmt.Fprintf(c.stderr, "socctl: %s ended with half a line of %d bytes, which an interrupted writer had left; it is removed\n", report.Clean(torn.File), len(torn.Line))
	}
	if format == "ndjson" {
		var b []byte
		for i := range all {
			if b, err = all[i].AppendJSON(b); err != nil {
				return err
			}
			b = append(b, '\n')
		}
		if _, err := c.stdout.Write(b); err != nil {
			return &exitError{exitUnreadable, err}
		}
	}
	if !c.quiet {
		fmt.Fprintf(c.stderr, "%s stored in %s", report.Count(len(receipt.Stored), "verdict"), report.Clean(v.path))
		if n := len(receipt.Known); n > 0 {
			fmt.Fprintf(c.stderr, "; %s known already", report.Count(n, "verdict"))
		}
		fmt.Fprintln(c.stderr)
	}
	return exitWith(code)
}

func readLimited(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, fmt.Errorf("the file has more than %d MiB: split it", most>>20)
	}
	return data, err
}

// trimMark drops a byte order mark.
func trimMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\ufeff")) }
