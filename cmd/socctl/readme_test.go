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

// Every command that the README shows is run from the root of the repository,
// and prints what the README says.
func TestReadme(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	t.Chdir("../..")
	source, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
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
			t.Errorf("$ %s (- README, + output)\n%s", command, diff)
		}
		ran++
	}
	if ran < 4 {
		t.Errorf("only %d commands were run", ran)
	}
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
