package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/rules/starter"
)

func (c *cli) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Lay down a starter rule pack with tests, configuration and CI workflow",
		Long: `Lay down a starter rule pack with tests, a configuration and a GitHub workflow.
Files that exist already are left as they are.`,
		Example: "  socctl init detections && cd detections && socctl test",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.init(append(args, ".")[0])
		},
	}
}

func (c *cli) init(folder string) error {
	written, kept := 0, 0
	err := fs.WalkDir(starter.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		fresh, err := layDown(filepath.Join(folder, filepath.FromSlash(starter.Target(name))), name)
		if fresh {
			written++
		} else if err == nil {
			kept++
			fmt.Fprintf(c.stderr, "kept %s, which exists already\n", starter.Target(name))
		}
		return err
	})
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	if !c.quiet {
		fmt.Fprintf(c.stdout, "wrote %s to %s", report.Count(written, "file"), filepath.ToSlash(folder))
		if kept > 0 {
			fmt.Fprintf(c.stdout, ", kept %d", kept)
		}
		fmt.Fprintln(c.stdout, "\nnext: socctl test")
	}
	return nil
}

// layDown writes one file of the pack unless it exists.
func layDown(path, name string) (written bool, err error) {
	data, err := fs.ReadFile(starter.Files(), name)
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = f.Write(data)
	return true, errors.Join(err, f.Close())
}
