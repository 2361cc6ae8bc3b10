package main

import (
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
