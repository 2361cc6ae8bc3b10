package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Commands of the README that change something or need what a clone has not.
var notRun = []string{"go test ", "go install ", "socctl init ", "cd ", "socctl test path/to/sigma"}

var duration = regexp.MustCompile(`in [0-9.]+m?s`)

// Every command that these pages show is run from the root of the repository, and
// prints what they say.
func TestReadme(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	t.Chdir("../..")
	ran := 0
	for _, page := range []string{"README.md", "docs/adequacy.md", "docs/attack.md", "docs/backtest.md", "docs/coverage.md", "docs/diff.md", "docs/filter-audit.md", "docs/witness.md"} {
		ran += runShown(t, page)
	}
	if ran < 6 {
		t.Errorf("only %d commands were run", ran)
	}
}

// runShown runs the commands of a page and returns how many there were.
func runShown(t *testing.T, page string) (ran int) {
	t.Helper()
	source, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(source), "```console\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		command, want, _ := strings.Cut(strings.TrimPrefix(block, "$ "), "\n")
		if hasPrefix(command, notRun) {
			continue
		}
		args, ok := strings.CutPrefix(strings.Replace(command, "go run ./cmd/socctl", "socctl", 1), "socctl ")
		if !ok {
			t.Errorf("no command of socctl: %s", command)
			continue
		}
		var out bytes.Buffer
		run(words(args), strings.NewReader(""), &out, &out)
		got := strings.TrimRight(duration.ReplaceAllString(out.String(), "in 1s"), "\n")
		want = strings.TrimRight(duration.ReplaceAllString(want, "in 1s"), "\n")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: $ %s (- page, + output)\n%s", page, command, diff)
		}
		ran++
	}
	return ran
}

func hasPrefix(command string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(command, p) {
			return true
		}
	}
	return false
}

// words splits a command at spaces outside double quotes.
func words(command string) []string {
	var out []string
	for i, part := range strings.Split(command, `"`) {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}
