package ruletest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/socctl/socctl/rules"
)

// FuzzReadTests checks that no content of a test file makes the readers panic,
// that every problem has a place, and that what is read is complete.
func FuzzReadTests(f *testing.F) {
	suites, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range suites {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("events: {a: {from: b}, b: {from: a}}\ntests: [{name: x, event: {from: a, k: null}, match: true}]"))
	f.Add([]byte("expectations: [{rule: a, corpus: b.csv, exactly: 0}]"))
	f.Add([]byte("tests: [{name: x, sequence: [{at: 1d, event: {}}], alerts: [{at: 0s, group: {}}]}]"))
	f.Fuzz(func(t *testing.T, source []byte) {
		nodes, _ := rules.ParseNodes("tests/x.yml", source)
		l := &loader{files: disk{}}
		for _, n := range nodes {
			d := &decoder{}
			d.exemplar(n, true)
			l.infoTest(d, n, "info.yml", ".")
			for _, file := range []*testFile{l.testFile("tests/x.yml", n), l.expectationFile("tests/x.yml", n), {diags: d.diags}} {
				for _, p := range file.diags {
					if !p.Span.Known() || p.Message == "" {
						t.Errorf("no place or message: %v", p)
					}
				}
				for _, c := range file.drafts {
					if c.ID == "" || c.Name == "" || !c.Span.Known() {
						t.Errorf("incomplete test %+v", c.Case)
					}
				}
			}
		}
	})
}
