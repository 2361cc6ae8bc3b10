package compiler_test

import (
	"testing"

	"github.com/bradleyjkemp/sigma-go"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

const adapted = `
title: Adapted
id: 5f0d7d3c-3aab-43fa-952f-8f7b2d966ee5
logsource: {product: windows, category: process_creation}
detection:
    selection_img:
        - Image|endswith: '\a.exe'
        - Image|endswith: '\b.exe'
          EventID: 1
    selection_cli:
        CommandLine|contains|all: [' -x', y]
    filter_empty:
        User: null
    words: [alpha, beta]
    condition: (all of selection_* and not 1 of filter_*) or words
`

// A rule that took the way through sigma-go means the same as the one that was
// read directly.
func TestFromSigmaKeepsTheMeaning(t *testing.T) {
	theirs, err := sigma.ParseRule([]byte(adapted))
	if err != nil {
		t.Fatal(err)
	}
	converted, err := compiler.FromSigma(theirs)
	if err != nil {
		t.Fatal(err)
	}
	docs, diags := rules.Parse("rule.yml", []byte(adapted))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	got, want := compileOne(t, converted), compileOne(t, docs[0].(*rules.Rule))
	if got.Hash != want.Hash {
		t.Errorf("hash through sigma-go %s, directly %s", got.Hash, want.Hash)
	}
}

func TestFromSigmaRejects(t *testing.T) {
	for name, edit := range map[string]func(*sigma.Rule){
		"no condition":        func(r *sigma.Rule) { r.Detection.Conditions = nil },
		"undefined selection": func(r *sigma.Rule) { delete(r.Detection.Searches, "words") },
		"empty pattern":       func(r *sigma.Rule) { delete(r.Detection.Searches, "filter_empty") },
		"empty search":        func(r *sigma.Rule) { r.Detection.Searches["words"] = sigma.Search{} },
		"unknown modifier": func(r *sigma.Rule) {
			r.Detection.Searches["words"] = sigma.Search{EventMatchers: []sigma.EventMatcher{{{Field: "f", Modifiers: []string{"contians"}, Values: []any{"x"}}}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := sigma.ParseRule([]byte(adapted))
			if err != nil {
				t.Fatal(err)
			}
			edit(&r)
			if _, err := compiler.FromSigma(r); err == nil {
				t.Error("no error")
			}
		})
	}
}

func compileOne(t *testing.T, r *rules.Rule) *compiler.Rule {
	t.Helper()
	set := &rules.Set{}
	set.Add(r)
	prog, diags := compiler.Compile(set, compiler.Options{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return prog.Rules[0]
}
