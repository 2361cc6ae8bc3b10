package evaluator_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/rules"
)

// decode reads JSON with its numbers as they are written.
func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestConformanceCases(t *testing.T) {
	data, err := os.ReadFile(corpus.Path(t, "conformance/cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name      string
		Detection json.RawMessage
		Event     map[string]any
		Expected  bool
		Note      string
	}
	decode(t, data, &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			docs, diags := rules.Parse("case.yml", fmt.Appendf(nil, `{"title": "t", "logsource": {"product": "x"}, "detection": %s}`, c.Detection))
			if err := diags.Err(); err != nil {
				t.Fatal(err)
			}
			set := &rules.Set{}
			set.Add(docs[0])
			prog, diags := compiler.Compile(set, compiler.Options{})
			if err := diags.Err(); err != nil {
				t.Fatal(err)
			}
			if got := len(evaluator.New(prog).Match(evaluator.Map(c.Event))) == 1; got != c.Expected {
				t.Errorf("match = %v, want %v (%s)\n%s", got, c.Expected, c.Note, prog)
			}
		})
	}
}

func TestSyntheticEvents(t *testing.T) {
	f, err := os.Open(corpus.Path(t, "conformance/synthetic.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	prog := corpusProgram(t)
	byID := map[string]*compiler.Rule{}
	for _, r := range prog.Rules {
		byID[r.ID] = r
	}
	ev := evaluator.New(prog)
	n, differences := 0, 0
	for sc := bufio.NewScanner(z); sc.Scan(); n++ {
		var c struct {
			ID       string
			Event    map[string]any
			Expected bool
		}
		decode(t, sc.Bytes(), &c)
		r := byID[c.ID]
		if r == nil {
			t.Errorf("rule %s is missing", c.ID)
			continue
		}
		if got := ev.MatchRule(r, evaluator.Map(c.Event)); got != c.Expected {
			if differences++; differences <= 10 {
				t.Errorf("%s on %v: match = %v, want %v", r.Title, c.Event, got, c.Expected)
			}
		}
	}
	if n < 22000 || differences > 0 {
		t.Errorf("%d cases, %d differences", n, differences)
	}
}
