package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/layout"
)

// fmtOptions are the flags of fmt.
type fmtOptions struct {
	check, diff bool
	stdinName   string
	workers     int
}

func (c *cli) fmtCommand() *cobra.Command {
	var o fmtOptions
	cmd := &cobra.Command{
		Use:   "fmt [PATH...]",
		Short: "Bring rules into one layout",
		Long: `Bring rules into one layout.

Attributes get their usual order, levels are indented by four columns, and blanks
that nobody sees go away. Comments, quotes, anchors and line ends stay. A file of
which something would be lost is left as it is and named. - reads standard input
and writes standard output.`,
		Example: `  socctl fmt
  socctl fmt --check rules
  socctl fmt --diff rules/office.yml`,
		RunE: func(_ *cobra.Command, args []string) error { return c.format(&o, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.check, "check", false, "list the files that are in another layout, and change none")
	flags.BoolVar(&o.diff, "diff", false, "show what would change, and change nothing")
	flags.StringVar(&o.stdinName, "stdin-name", "stdin.yml", "`path` that standard input stands for")
	jobsFlag(flags, &o.workers, "parallel workers")
	return cmd
}

// formatted is what became of one file.
type formatted struct {
	path          string
	before, after []byte
	err           error
}

func (c *cli) format(o *fmtOptions, paths []string) error {
	stdin, err := c.linesOfStdin(paths)
	if err != nil {
		return err
	}
	if stdin {
		return c.formatStdin(o)
	}
	cfg, err := c.config(firstPath(paths))
	if err != nil {
		return err
	}
	if paths, _, err = c.rulePaths(cfg, paths); err != nil {
		return err
	}
	files, problems := ruleFiles(fromHere(paths, false))
	if len(files)+len(problems) == 0 {
		return usageError("no .yml or .yaml file in %s", strings.Join(paths, ", "))
	}
	code, changed := exitClean, 0
	if !o.diff && !o.check {
		outlivePrinting() // all files or none
	}
	for _, err := range problems {
		c.tell(err)
		code = exitUnreadable
	}
	for _, f := range formatFiles(files, o.workers) {
		switch {
		case f.err != nil:
			fmt.Fprintf(c.stderr, "socctl: %s\n", report.Clean(f.err.Error()))
			code = exitUnreadable
			continue
		case bytes.Equal(f.before, f.after):
			continue
		}
		changed++
		if err := c.writeFormatted(o, f); err != nil {
			c.tell(err)
			code, changed = exitUnreadable, changed-1
		}
	}
	if !c.quiet {
		verb := "changed"
		if o.check || o.diff {
			verb = "not in the layout"
		}
		fmt.Fprintf(c.stderr, "%s, %d %s\n", report.Count(len(files), "file"), changed, verb)
	}
	if o.check && changed > 0 {
		code = max(code, exitFindings)
	}
	return exitWith(code)
}

// writeFormatted replaces a file, or shows what would change.
func (c *cli) writeFormatted(o *fmtOptions, f formatted) error {
	if o.diff {
		return writeDiff(c.stdout, c.out(), filepath.ToSlash(f.path), f.before, f.after)
	}
	if !o.check {
		if err := replaceFile(f.path, f.after); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(c.stdout, report.Clean(filepath.ToSlash(f.path))); err != nil && !outputFailed(c.stdout) {
		return err
	}
	return nil
}

func (c *cli) formatStdin(o *fmtOptions) error {
	text, err := io.ReadAll(io.LimitReader(c.stdin, rules.MaxFileSize+1))
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	after, err := layout.Format(o.stdinName, text)
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	switch {
	case o.check && !bytes.Equal(text, after):
		return exitWith(exitFindings)
	case o.check:
		return nil
	case o.diff && !bytes.Equal(text, after):
		return writeDiff(c.stdout, c.out(), o.stdinName, text, after)
	case o.diff:
		return nil
	}
	_, err = c.stdout.Write(after)
	return err
}

// ruleFiles returns the YAML files of paths, sorted, without hidden ones of folders, and
// what could not be read.
func ruleFiles(paths []string) (files []string, problems []error) {
	for _, p := range paths {
		root := p
		if info, err := os.Stat(p); err == nil && info.IsDir() {
			root += string(filepath.Separator) // which follows a link
		}
		// Errors are collected, so that there is none at the end.
		_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				problems = append(problems, err)
				if d != nil && d.IsDir() {
					return fs.SkipDir
				}
			case d.IsDir() && name != root && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			case name != p && name != root && strings.HasPrefix(d.Name(), "."):
				// of other tools, or our configuration: no loader takes it for rules
			case !d.IsDir() && slices.Contains([]string{".yml", ".yaml"}, strings.ToLower(filepath.Ext(name))):
				if err := rules.Regular(d, func() (fs.FileInfo, error) { return os.Stat(name) }); err != nil {
					problems = append(problems, fmt.Errorf("%s: %w", name, err))
					return nil
				}
				files = append(files, filepath.Clean(name))
			}
			return nil
		})
	}
	slices.Sort(files)
	return slices.Compact(files), problems
}

// formatFiles formats files in parallel and returns the results in order.
func formatFiles(files []string, workers int) []formatted {
	out := make([]formatted, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, workers) {
		wg.Go(func() {
			for i := range next {
				f := formatted{path: files[i]}
				if f.before, f.err = os.ReadFile(f.path); f.err == nil {
					f.after, f.err = layout.Format(filepath.ToSlash(f.path), f.before)
				}
				out[i] = f
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}
