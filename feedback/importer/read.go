package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// Options say how a document is read.
type Options struct {
	Mapping *Mapping

	// Rule finds the rule that a product's name for it means: its id, or its title
	// if it has none. Nil takes every name as it is.
	Rule func(name string) (id string, ok bool)

	// Investigator is who is taken to have ruled where a record names nobody; the
	// zero one makes that an error.
	Investigator feedback.Investigator
}

// Result is what a document says.
type Result struct {
	Verdicts    []feedback.Verdict // sealed, and valid
	Records     int
	Pending     int // records without any verdict
	Diagnostics rules.Diagnostics
}

// Read reads a document. Records that cannot be understood are left out and told.
func Read(file *rules.File, o Options) *Result {
	d := &document{file}
	records, bad := d.records(o.Mapping)
	r := reading{options: o, out: &Result{Records: len(records)}}
	for _, record := range records {
		r.one(record)
	}
	if len(bad) == 0 && r.out.Pending > 0 && r.out.Pending == len(records) {
		r.foreign(d, records)
	}
	r.out.Diagnostics = append(r.out.Diagnostics, bad...)
	r.out.Diagnostics.Sort()
	return r.out
}

// foreign reports that records look like no export of the product: those that wait for
// their verdict name their rule all the same.
func (r *reading) foreign(d *document, records []record) {
	for _, from := range records {
		if len(r.all(from, "rule_id")) > 0 {
			return
		}
	}
	m := r.options.Mapping
	help := fmt.Sprintf("name the product that exported it; %s has verdicts in %s, rules in %s", m.Name, strings.Join(slices.Concat(m.Key...), ", "), strings.Join(m.Fields["rule_id"], ", "))
	if like := resembles(d); len(like) > 0 {
		help = "it looks like an export of " + strings.Join(like, " or ")
	}
	r.fail(records[0].span(), "verdict/other-product", fmt.Sprintf("no record has a verdict or a rule where %s has them", cmp.Or(m.Title, m.Name)), help)
}

// resembles returns the names of the products that understand the verdict of some record.
func resembles(d *document) (names []string) {
	for _, m := range Mappings() {
		records, _ := d.records(m)
		r := reading{options: Options{Mapping: m}, out: &Result{}}
		if slices.ContainsFunc(records, func(from record) bool { _, ok := r.outcome(from); return ok }) {
			names = append(names, m.Name)
		}
	}
	return names
}

// records tells a table by its first character.
func (d *document) records(m *Mapping) ([]record, rules.Diagnostics) {
	first := strings.TrimLeft(string(d.file.Source[:min(len(d.file.Source), 512)]), " \t\r\n")
	if m.Name == "csv" || first != "" && first[0] != '{' && first[0] != '[' {
		return d.csvRecords()
	}
	return d.jsonRecords(m)
}

type reading struct {
	options Options
	out     *Result
}

func (r *reading) fail(at rules.Span, code, message, help string) {
	r.out.Diagnostics = append(r.out.Diagnostics, rules.Diagnostic{Code: code, Severity: rules.Error, Span: at, Message: message, Help: help})
}

// all returns the texts of a field of the mapping.
func (r *reading) all(from record, field string) []located {
	return first(from, r.options.Mapping.Fields[field])
}

func first(from record, paths []string) []located {
	for _, path := range paths {
		if found := from.get(path); len(found) > 0 {
			return found
		}
	}
	return nil
}

// text returns the first text of a field, "" if there is none.
func (r *reading) text(from record, field string) string {
	if found := r.all(from, field); len(found) > 0 {
		return found[0].text
	}
	return ""
}

// one reads a record, which may be about several rules.
func (r *reading) one(from record) {
	before := len(r.out.Diagnostics)
	outcome, ok := r.outcome(from)
	if !ok {
		return
	}
	v := feedback.Verdict{Verdict: outcome, Scope: r.scope(from), Investigator: r.investigator(from)}
	if at := r.time(from, "time"); at != nil {
		v.Time = *at
	} else if len(r.out.Diagnostics) == before {
		r.fail(from.span(), "verdict/missing-field", "the record does not say when it was judged", "the mapping looks for "+strings.Join(r.options.Mapping.Fields["time"], ", "))
	}
	r.details(from, &v)
	named := r.rules(from)
	if len(r.out.Diagnostics) > before {
		return
	}
	for _, id := range named {
		one := v
		if one.Alert.RuleID = id; len(named) > 1 {
			one.Alert.RuleHash = ""
			if outcome.Class() == feedback.Supporting {
				one.Alert.EventFP = nil // nobody knows which of them the rule matched
			}
		}
		one.Seal()
		if err := one.Check(); err != nil {
			r.fail(from.span(), "verdict/not-storable", "it makes no verdict: "+messageOf(err), "")
			return
		}
		one.Span = from.span()
		r.out.Verdicts = append(r.out.Verdicts, one)
	}
}

// messageOf leaves out the place, which is one within the record that would have been.
func messageOf(err error) string {
	if d, ok := err.(rules.Diagnostic); ok {
		return d.Message
	}
	return err.Error()
}

// outcome looks the key up.
func (r *reading) outcome(from record) (feedback.Outcome, bool) {
	m := r.options.Mapping
	values := make([]string, len(m.Key))
	var at []located
	for i, paths := range m.Key {
		if found := first(from, paths); len(found) > 0 {
			values[i] = found[0].text
			at = append(at, found[0])
		}
	}
	if len(at) == 0 {
		r.out.Pending++
		return "", false
	}
	outcome, ok := m.outcome(values)
	if ok && outcome == Open {
		r.out.Pending++
		return "", false
	}
	if !ok {
		var known []string
		for _, row := range m.Rows {
			known = append(known, strings.Join(row.When, " + "))
		}
		r.fail(at[len(at)-1].span(), "verdict/unknown-value", fmt.Sprintf("%.200q is no verdict that the mapping %s knows", strings.Join(values, " + "), m.Name),
			"known are "+strings.Join(known, "; ")+"; say in a mapping of your own what it means")
	}
	return outcome, ok
}

func (r *reading) scope(from record) string {
	m := r.options.Mapping
	if m.ScopeField == "" {
		return m.Scope
	}
	found := from.get(m.ScopeField)
	if len(found) == 0 {
		return feedback.ScopeAlert
	}
	scope, ok := m.Scopes[strings.ToLower(found[0].text)]
	if !ok {
		r.fail(found[0].span(), "verdict/unknown-value", fmt.Sprintf("%.80q is no scope that the mapping %s knows", found[0].text, m.Name), "")
	}
	return scope
}

// details reads what a verdict may have.
func (r *reading) details(from record, v *feedback.Verdict) {
	a := &v.Alert
	a.AlertUID, a.Incident, a.ContextFP, a.RuleHash = clip(r.text(from, "alert_uid")), clip(r.text(from, "incident")), clip(r.text(from, "context_fp")), r.text(from, "rule_hash")
	a.EventTime = r.time(from, "event_time")
	for _, fp := range listed(r.all(from, "event_fp")) {
		a.EventFP = append(a.EventFP, strings.FieldsFunc(fp.text, func(c rune) bool { return strings.ContainsRune(" ,;", c) })...)
	}
	if e := (feedback.Entities{Host: clip(r.text(from, "host")), User: clip(r.text(from, "user"))}); e != (feedback.Entities{}) {
		a.Entities = &e
	}
	if reason := r.text(from, "reason"); reason != "" {
		v.Reason = &feedback.Reason{Text: clip(reason)}
	}
	if c := r.all(from, "confidence"); len(c) > 0 {
		sure, err := strconv.ParseFloat(c[0].text, 64)
		if err != nil || !(sure >= 0 && sure <= 1) {
			r.fail(c[0].span(), "verdict/unknown-value", fmt.Sprintf("the confidence %.40q is no number from 0 to 1", c[0].text), "")
		}
		v.Confidence = &sure
	}
}

// clip cuts a text to what a record can hold.
func clip(text string) string {
	if len(text) <= feedback.MaxText {
		return text
	}
	cut := feedback.MaxText - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

func listed(texts []located) (out []located) {
	for _, text := range texts {
		out = append(out, text.listed()...)
	}
	return out
}

// rules returns the rules that a record is about.
func (r *reading) rules(from record) (ids []string) {
	paths := r.options.Mapping.Fields["rule_id"]
	var tried []located
	for _, path := range paths {
		for _, name := range listed(from.get(path)) {
			id, ok := name.text, true
			if r.options.Rule != nil {
				id, ok = r.options.Rule(name.text)
			}
			if !ok {
				tried = append(tried, name)
			} else if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		if len(ids) > 0 {
			return ids // one path that is understood will do
		}
	}
	if len(tried) == 0 {
		r.fail(from.span(), "verdict/missing-field", "the record names no rule", "the mapping looks for "+strings.Join(paths, ", "))
		return nil
	}
	r.fail(tried[0].span(), "verdict/unknown-rule", fmt.Sprintf("no rule has the id, name or title %.200q", tried[0].text), "name the rules with -r, or leave records of other rules out")
	return nil
}
