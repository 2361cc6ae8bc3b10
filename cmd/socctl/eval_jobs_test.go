package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// piecemeal is a pipe from which as much comes at a time as chance has it.
type piecemeal struct {
	in   io.Reader
	dice *rand.Rand
	most int
}

func (p *piecemeal) Read(b []byte) (int, error) {
	return p.in.Read(b[:min(len(b), 1+p.dice.IntN(p.most))])
}

// mixedLines are lines that are a record each, several, or none.
func mixedLines(dice *rand.Rand, count int) string {
	event := strings.TrimSpace(streamEvent)
	other := strings.Replace(event, "whoami.exe", "other.exe", 1)
	odd := []string{`{"Records":[` + event + "," + other + "," + event + `]}`, `{"Records":[]}`, "", event + event, `{"n":`, "no record", "{", "[" + event + ",\n" + event + "]", "  " + event}
	var b strings.Builder
	for range count {
		line := []string{event, other, other}[dice.IntN(3)]
		if dice.IntN(20) == 0 {
			line = odd[dice.IntN(len(odd))]
		}
		b.WriteString(line + []string{"\n", "\n", "\n", "\r\n"}[dice.IntN(4)])
	}
	return b.String()
}

// However the input is cut into reads, and with any number of workers, matches and
// problems come in the same order and name the same records: those that a plain
// reader counts.
func TestEvalIsTheSameWithAnyJobs(t *testing.T) {
	t.Parallel()
	rule := t.TempDir() + "/rule.yml"
	writeFile(t, rule, streamRule)
	dice := rand.New(rand.NewPCG(12, 13))
	text := mixedLines(dice, 4000)
	var records []int
	var problems string
	for r, err := range telemetry.Read(t.Context(), []string{"-"}, telemetry.ReadOptions{Stdin: strings.NewReader(text)}) {
		if err != nil {
			problems += "error: " + err.Error() + "\n"
		} else if strings.Contains(r.Value.Text(), "whoami.exe") {
			records = append(records, r.Index)
		}
	}
	if len(records) < 1000 || problems == "" {
		t.Fatalf("%d matches, problems %q", len(records), problems)
	}
	for _, jobs := range []string{"1", "2", "3", "8"} {
		for _, most := range []int{100, 5000, 1 << 20} {
			var stdout, stderr bytes.Buffer
			run([]string{"eval", "-q", "-j", jobs, "-r", rule, "-"}, &piecemeal{strings.NewReader(text), dice, most}, &stdout, &stderr)
			var got []int
			for line := range strings.Lines(stdout.String()) {
				var m struct{ Record int }
				if err := json.Unmarshal([]byte(line), &m); err != nil {
					t.Fatal(err)
				}
				got = append(got, m.Record)
			}
			name := fmt.Sprintf("-j %s, reads of up to %d", jobs, most)
			if !slices.Equal(got, records) {
				t.Errorf("%s: %d matches, not the same as %d", name, len(got), len(records))
			}
			if diff := cmp.Diff(problems, stderr.String()); diff != "" {
				t.Errorf("%s: problems (- want, + got):\n%.2000s", name, diff)
			}
		}
	}
}
