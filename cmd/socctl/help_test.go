package main

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command stands in a chapter of the help, and shows an example.
func TestHelpIsWhole(t *testing.T) {
	root := (&cli{}).command()
	for _, cmd := range root.Commands() {
		if cmd.GroupID == "" {
			t.Errorf("%s is in no chapter of root.go", cmd.Name())
		}
	}
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		if cmd.Example == "" {
			t.Errorf("the help of %s has no example", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			look(sub)
		}
	}
	look(root)
}

// A slip in the name of a flag is told with the flag that there is.
func TestNearestFlag(t *testing.T) {
	for flag, want := range map[string]string{"--rule": "did you mean --rules?", "--budgt": "did you mean --budget?", "--zzz": ""} {
		var problems strings.Builder
		if code := run([]string{"backtest", flag, "x"}, strings.NewReader(""), io.Discard, &problems); code != exitUsage {
			t.Errorf("%s ends with %d", flag, code)
		}
		if text := problems.String(); !strings.Contains(text, want) || want == "" && strings.Contains(text, "did you mean") {
			t.Errorf("%s: %s", flag, text)
		}
	}
}
