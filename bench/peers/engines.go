package main

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"strings"
	"unsafe"

	sigma "github.com/bradleyjkemp/sigma-go"
	sigmaeval "github.com/bradleyjkemp/sigma-go/evaluator"
	lite "github.com/runreveal/sigmalite"

	"github.com/socctl/socctl/evaluator"
)

// version returns the version of a module that this program was built with.
func version(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version
		}
	}
	return ""
}

// sigmaGo evaluates rule by rule, which is its fastest mode, or with the bundle
// that is meant for many rules.
type sigmaGo struct {
	bundled bool
	rules   []*sigmaeval.RuleEvaluator
	parsed  []sigma.Rule
	bundles map[ruleList]*sigmaBundle
}

// ruleList identifies a slice of rules: routing returns the same one for the
// same logsource.
type ruleList struct {
	first *int
	n     int
}

type sigmaBundle struct {
	all   sigmaeval.RuleEvaluatorBundle
	place map[string]int
}

func (s *sigmaGo) add(text []byte) error {
	rule, err := sigma.ParseRule(text)
	if err != nil {
		return err
	}
	s.rules, s.parsed = append(s.rules, sigmaeval.ForRule(rule)), append(s.parsed, rule)
	return nil
}

func (s *sigmaGo) ready() string { return "github.com/bradleyjkemp/sigma-go" }

func (s *sigmaGo) event(fields []evaluator.Member) any {
	out := make(map[string]any, len(fields))
	for _, f := range fields {
		if _, ok := out[f.Name]; !ok {
			out[f.Name] = plain(f.Value)
		}
	}
	return out
}

// plain converts a value into what encoding/json makes of it, but for numbers,
// which keep their digits.
func plain(v evaluator.Value) any {
	switch v.Kind() {
	case evaluator.Null:
		return nil
	case evaluator.List:
		var out []any
		for _, item := range v.Items() {
			out = append(out, plain(item))
		}
		return out
	case evaluator.Object:
		out := map[string]any{}
		for _, m := range v.Members() {
			out[m.Name] = plain(m.Value)
		}
		return out
	case evaluator.Bool:
		return v.Text() == "true"
	case evaluator.Number:
		return json.Number(v.Text())
	}
	return v.Text()
}

func (s *sigmaGo) match(rules []int, event any, found func(int, error)) {
	if s.bundled {
		s.matchBundle(rules, event, found)
		return
	}
	for _, i := range rules {
		err := guarded(func() error {
			r, err := s.rules[i].Matches(context.Background(), event)
			if err == nil && r.Match {
				found(i, nil)
			}
			return err
		})
		if err != nil {
			found(i, err)
		}
	}
}

func (s *sigmaGo) matchBundle(rules []int, event any, found func(int, error)) {
	b := s.bundle(rules)
	results, err := b.all.Matches(context.Background(), event)
	for _, r := range results {
		if r.Match {
			found(b.place[r.ID], nil)
		}
	}
	if err != nil && len(rules) > 0 {
		found(rules[0], err)
	}
}

// bundle returns the bundle of some rules, made once.
func (s *sigmaGo) bundle(rules []int) *sigmaBundle {
	key := ruleList{unsafe.SliceData(rules), len(rules)}
	if b, ok := s.bundles[key]; ok {
		return b
	}
	b := &sigmaBundle{place: map[string]int{}}
	var chosen []sigma.Rule
	for _, i := range rules {
		chosen = append(chosen, s.parsed[i])
		b.place[s.parsed[i].ID] = i
	}
	b.all = sigmaeval.ForRules(chosen)
	if s.bundles == nil {
		s.bundles = map[ruleList]*sigmaBundle{}
	}
	s.bundles[key] = b
	return b
}

// sigmalite knows fields of text only, and a message for keywords.
type sigmalite struct{ rules []*lite.Rule }

func (s *sigmalite) add(text []byte) error {
	rule, err := lite.ParseRule(text)
	if err == nil {
		s.rules = append(s.rules, rule)
	}
	return err
}

func (s *sigmalite) ready() string { return "github.com/runreveal/sigmalite" }

func (s *sigmalite) event(fields []evaluator.Member) any {
	entry := &lite.LogEntry{Fields: make(map[string]string, len(fields))}
	var texts []string
	for _, f := range fields {
		text := f.Value.Text()
		if k := f.Value.Kind(); k == evaluator.List || k == evaluator.Object {
			text = string(f.Value.AppendJSON(nil))
		}
		if _, ok := entry.Fields[f.Name]; ok || f.Value.IsNull() {
			continue
		}
		entry.Fields[f.Name] = text
		texts = append(texts, text)
	}
	entry.Message = strings.Join(texts, "\n")
	return entry
}

func (s *sigmalite) match(rules []int, event any, found func(int, error)) {
	entry := event.(*lite.LogEntry)
	for _, i := range rules {
		err := guarded(func() error {
			if s.rules[i].Detection.Matches(entry, nil) {
				found(i, nil)
			}
			return nil
		})
		if err != nil {
			found(i, err)
		}
	}
}
