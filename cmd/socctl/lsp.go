package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/lint/lsp"
)

func (c *cli) lspCommand() *cobra.Command {
	var log string
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve an editor",
		Long: `Serve an editor by the Language Server Protocol, on standard input and output.

Editors start this command; docs/editor.md tells how to set them up. Every file is
checked by the configuration above it, as socctl lint does.`,
		Example: `  socctl lsp
  socctl lsp --log /tmp/socctl.log`,
		Args: noArguments(""),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.serveEditor(cmd.Context(), log) },
	}
	cmd.Flags().StringVar(&log, "log", "", "append what the server does to `file` (default: standard error)")
	cmd.Flags().Bool("stdio", true, "for editors that ask for it: there is no other way")
	return cmd
}

func (c *cli) serveEditor(ctx context.Context, log string) error {
	o := lsp.Options{Checks: checksOf, Config: c.configPath, Version: version(), Log: c.stderr}
	if log != "" {
		f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return &exitError{exitUsage, err}
		}
		defer f.Close()
		o.Log = f
	}
	err := lsp.Serve(ctx, c.stdin, unclosed{c.stdout}, o)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lsp.ErrNoShutdown):
		return &exitError{exitFindings, err}
	}
	return &exitError{exitUnreadable, err}
}

// unclosed keeps a stream open that is not ours to close.
type unclosed struct{ io.Writer }

// Close implements io.Closer.
func (unclosed) Close() error { return nil }
