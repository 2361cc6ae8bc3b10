package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// What docs show of a console is what the commands in it print. A block of the kind
// "console run" has lines that begin with $, each with what the command writes
// below it; all blocks of a page run one after the other in a folder with its files; -update writes what
// they print into the page.
func TestConsoleOfTheDocs(t *testing.T) {
	ran := 0
	for _, page := range pages(t) {
		found := blocks(t, page)
		commands := 0
		for _, b := range found {
			if b.kind == "console run" {
				commands++
			}
		}
		if commands == 0 {
			continue
		}
		ran += commands
		t.Run(filepath.Base(page), func(t *testing.T) { runConsole(t, page, found) })
	}
	if ran < 5 {
		t.Errorf("only %d blocks were found", ran)
	}
}

func runConsole(t *testing.T, page string, found []block) {
	page, err := filepath.Abs(page)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("NO_COLOR", "1")
	for _, b := range found {
		name := b.name
		switch {
		case b.kind == "console run":
			printed := console(t, b.text)
			if *update {
				rewrite(t, page, b.text, printed)
			} else if diff := cmp.Diff(b.text, printed); diff != "" {
				t.Errorf("- page, + printed:\n%s", diff)
			}
			continue
		case b.kind == "yaml config":
			name = ".socctl.yml"
		case b.kind == "json verdicts":
			if _, _, diags := feedback.Decode(rules.NewFile(b.name, []byte(b.text))); len(diags) > 0 {
				t.Errorf("%s: %v", b.name, diags)
			}
		case name == "" || b.kind == "go example" || b.kind == "yaml pipeline":
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(b.text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// rewrite puts what commands print into a page.
func rewrite(t *testing.T, page, old, now string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, []byte(strings.Replace(string(text), "\n"+old+"```", "\n"+now+"```", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// console runs the commands of a block and returns the block with what they print.
func console(t *testing.T, text string) string {
	t.Helper()
	out := ""
	for line := range strings.Lines(text) {
		command, is := strings.CutPrefix(line, "$ ")
		if !is {
			continue
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Stdin = nil
		printed, err := cmd.CombinedOutput()
		if err != nil && !strings.Contains(command, "|| ") && cmd.ProcessState == nil {
			t.Fatalf("%s: %v", command, err)
		}
		out += line + string(printed)
	}
	return out
}
