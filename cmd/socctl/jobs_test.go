package main

import (
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command with --jobs takes 0 for as many workers as there are processors, and says
// what is allowed of anything else that is no number of workers.
func TestJobs(t *testing.T) {
	found := 0
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		if f := cmd.Flags().Lookup("jobs"); f != nil {
			found++
			for _, text := range []string{"-1", "-5", "x", "1.5", ""} {
				if err := f.Value.Set(text); err == nil || !strings.Contains(err.Error(), "at least 1") {
					t.Errorf("%s -j %q: %v", cmd.CommandPath(), text, err)
				}
			}
			for text, want := range map[string]int{"0": runtime.GOMAXPROCS(0), "3": 3} {
				if err := f.Value.Set(text); err != nil || f.Value.String() != strconv.Itoa(want) {
					t.Errorf("%s -j %s: %s workers, %v", cmd.CommandPath(), text, f.Value, err)
				}
			}
		}
		for _, sub := range cmd.Commands() {
			look(sub)
		}
	}
	look((&cli{}).command())
	if found < 10 {
		t.Errorf("%d commands have --jobs", found)
	}
}
