package record

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// hostRecords are events of which a long text differs in a few lines, more or less often.
func hostRecords(t *testing.T, count, different int) []string {
	t.Helper()
	dice := rand.New(rand.NewPCG(4, 2))
	var out []string
	for i := range count {
		var lines []string
		for n := range 24 {
			lines = append(lines, fmt.Sprintf("        Setting %d = %s", n, strings.Repeat("value ", 5+n%5)))
		}
		lines[3] = fmt.Sprintf("        Sequence Number = %d", i%different)
		lines[7] = fmt.Sprintf("        Host Application = %s", []string{"powershell.exe -e é1", "POWERSHELL -File a.ps1", "C:\\tools\\host.exe", "mimiKatz --all"}[dice.IntN(4)])
		if dice.IntN(9) == 0 {
			lines = lines[:8+dice.IntN(9)]
		}
		event := map[string]any{"Channel": "Microsoft-Windows-PowerShell/Operational", "EventID": 4103, "TimeCreated": fmt.Sprintf("2026-03-02T10:%02d:%02dZ", i/60%60, i%60),
			"ContextInfo": strings.Join(lines, "\n"), "Payload": fmt.Sprintf("CommandInvocation(%d): \"x\"", i%13)}
		text, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

// lineRules ask of texts what their lines decide, what the whole text decides, and words of
// any field.
const lineRules = `title: Lines
name: lines
logsource: {product: windows, category: ps_module}
detection:
  each: {ContextInfo|contains: '*'}
  not_1: {ContextInfo|contains: ['= powershell', 'Number = 13']}
  condition: each and not not_1
---
title: Beyond Lines
name: beyond
logsource: {product: windows, category: ps_module}
detection:
  a: {ContextInfo|re: 'Number = 5\d*\n'}
  b: {ContextInfo|contains|all: ['host.exe', 'Sequence Number = 4']}
  c: {ContextInfo|re: 'Sequence[\s\S]*mimiKatz'}
  condition: 1 of them
---
title: Words
name: words
logsource: {product: windows, category: ps_module}
detection: {keywords: ['mimikatz --all', 'é1'], condition: keywords}
---
title: End
name: end
logsource: {product: windows, category: ps_module}
detection: {s: {ContextInfo|endswith: 'value value '}, condition: s}
`

// What a file tells of lines makes the texts of its columns, and a replay finds by them what
// rules find in the events.
func TestLinesOfTexts(t *testing.T) {
	t.Parallel()
	for _, of := range []struct {
		count, different, told int
		list                   bool
	}{{2000, 97, 1, false}, {1500, 5000, 1, true}, {90, 97, 0, false}} {
		count := of.count
		records := hostRecords(t, count, of.different)
		dir, _ := oneFile(t, records...)
		m, err := ReadManifest(dir)
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, f := range m.Files {
			file, err := open(dir, f)
			if err != nil {
				t.Fatal(err)
			}
			group := file.group(0, &reader{})
			for name := range file.columns {
				c, err := group.part(name)
				if err != nil {
					t.Fatal(err)
				}
				lines, err := group.linesOf(c)
				if err != nil {
					t.Fatal(err)
				}
				if lines == nil {
					continue
				}
				if told++; (c.chunk.dictionary.values == nil) != of.list {
					t.Errorf("%s: a list: %v", name, !of.list)
				}
				if err := group.dictionaryOf(c); err != nil {
					t.Fatal(err)
				}
				for i, want := range c.dictionary.Texts {
					if got := lines.Text(i); got != want {
						t.Fatalf("%s, text %d: got %q, want %q", name, i, got, want)
					}
				}
			}
		}
		if told != of.told {
			t.Errorf("%d events: lines of %d columns are told, want %d", count, told, of.told)
		}
		docs, diags := rules.Parse("r.yml", []byte(lineRules))
		if err := diags.Err(); err != nil {
			t.Fatal(err)
		}
		set := &rules.Set{}
		for _, d := range docs {
			set.Add(d)
		}
		p, _ := compiler.Compile(set, compiler.Options{})
		var got []string
		err = Replay(t.Context(), dir, p, ReplayOptions{Workers: 1, spoil: true}, func(r *Replayed) error {
			for _, h := range r.Hits {
				got = append(got, lineOf(h.Index, h.Matches))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		e, n := evaluator.New(p), telemetry.NewNormaliser(nil)
		for i, text := range records {
			v, _ := telemetry.DecodeJSON(text)
			if matches := e.Match(n.Event(telemetry.Record{Source: "x", Index: i, Value: v})); len(matches) > 0 {
				want = append(want, lineOf(i, matches))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || len(want) < count/4 {
			t.Errorf("%d events: got %d hits, want %d", count, len(got), len(want))
		}
	}
}

func lineOf(index int, matches []evaluator.Match) string {
	out := fmt.Sprint(index)
	for _, m := range matches {
		out += " " + m.Rule.Title
	}
	return out
}

// Lines that are damaged yield an error or some texts, but no panic.
func FuzzLines(f *testing.F) {
	c := &column{distinct: distinct{texts: []string{"a\nb\nc", "a\nx\nc", "", "b"}}, rows: []int32{0, 1, 2, 3}, code: []uint32{0, 1, 2, 3}}
	f.Add(c.appendLines(1<<10), 4)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, content []byte, texts int) {
		lines, err := (&reader{}).readLines(content, texts)
		if err != nil {
			return
		}
		size := 0
		for i := range texts {
			size += len(lines.Text(i))
		}
		if texts > 0 && size > len(content)*len(content) {
			t.Errorf("%d bytes make %d", len(content), size)
		}
	})
}
