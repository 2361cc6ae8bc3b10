package main

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/stix"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// attackImportOptions are the flags of attack import.
type attackImportOptions struct {
	stix.Options
	out        string
	use, force bool
}

func (c *cli) attackImportCommand() *cobra.Command {
	var o attackImportOptions
	cmd := &cobra.Command{
		Use:   "import BUNDLE|FOLDER",
		Short: "Make facts of what MITRE publishes: a STIX bundle, or a folder of objects",
		Long: `Make facts of what MITRE publishes: a STIX 2.0 or 2.1 bundle (.json, also packed as
.gz or .zst), a folder of objects as in mitre/cti or attack-stix-data, or - for
standard input. The bundle is read as a stream, without network, and checked: what
does not fit together is an error. The facts are a text file that belongs into the
repository, so that everybody judges by the same; --use makes the project use it.`,
		Example: `  socctl attack import enterprise-attack-19.2.json --use
  socctl attack import cti/enterprise-attack --version 18.1 --released 2025-11-13
  socctl attack import ics-attack.json --domain ics-attack`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("name one bundle, or one folder of objects")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.attackImport(cmd.Context(), args[0], &o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Version, "version", "", "`release` of the bundle, such as 18.1; STIX 2.0 does not say it")
	flags.StringVar(&o.Released, "released", "", "`day` of the release, YYYY-MM-DD (default: as the bundle says, else that of its youngest object)")
	flags.StringVar(&o.Domain, "domain", attack.Enterprise, "`domain` that is expected: enterprise-attack, mobile-attack or ics-attack")
	flags.StringVar(&o.Source, "source", "", "`text` that tells where the bundle is from (default: the name of the file)")
	flags.StringVarP(&o.out, "out", "o", "", "`file` to write, - for standard output (default: .socctl/attack/DOMAIN-RELEASE.tsv beside the configuration)")
	flags.BoolVar(&o.use, "use", false, "make the configuration use the facts")
	flags.BoolVar(&o.force, "force", false, "replace a file that holds other facts")
	return cmd
}

func (c *cli) attackImport(ctx context.Context, path string, o *attackImportOptions) error {
	if !slices.Contains([]string{attack.Enterprise, attack.Mobile, attack.ICS}, o.Domain) {
		return usageError("--domain takes %s, %s or %s, not %q", attack.Enterprise, attack.Mobile, attack.ICS, o.Domain)
	}
	if o.use && o.out == "-" {
		return usageError("--use needs a file: leave out --out -")
	}
	o.Source = cmp.Or(o.Source, filepath.Base(path))
	var reader stix.Reader
	if err := c.readBundles(ctx, &reader, path); err != nil {
		return &exitError{exitUnreadable, err}
	}
	facts, err := reader.Facts(o.Options)
	switch {
	case errors.Is(err, stix.ErrVersion), errors.Is(err, stix.ErrDomain):
		return &exitError{exitUsage, fmt.Errorf("%s: %w", path, err)}
	case err != nil:
		return &exitError{exitUnreadable, fmt.Errorf("%s: %w", path, err)}
	}
	var table bytes.Buffer
	if err := facts.Write(&table); err != nil {
		return err
	}
	if _, err := attack.Read(bytes.NewReader(table.Bytes())); err != nil { // else the facts would be of no use, and those before lost
		return &exitError{exitUnreadable, fmt.Errorf("%s: its facts cannot be written as a table: %w", path, err)}
	}
	if o.out == "-" {
		_, err := c.stdout.Write(table.Bytes())
		return err
	}
	out, err := c.writeFacts(facts, table.Bytes(), o)
	if err != nil {
		return err
	}
	if err := c.reportImport(facts, out, table.Len()); err != nil || !o.use {
		return err
	}
	return c.attackUse(out)
}

// readBundles reads a file, standard input, or all JSON files of a folder in the
// order of their paths.
func (c *cli) readBundles(ctx context.Context, r *stix.Reader, path string) error {
	if path == "-" {
		return readBundle(ctx, r, "standard input", c.stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return readBundleFile(ctx, r, path)
	}
	read := 0
	root := strings.TrimSuffix(path, string(filepath.Separator)) + string(filepath.Separator) // also if it is a link
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch base := strings.ToLower(d.Name()); {
		case err != nil:
			return err
		case d.IsDir() && name != root && strings.HasPrefix(base, "."):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(strings.TrimSuffix(strings.TrimSuffix(base, ".gz"), ".zst"), ".json"):
			return nil
		}
		read++
		return readBundleFile(ctx, r, name)
	})
	if err == nil && read == 0 {
		err = fmt.Errorf("%s holds no .json file", path)
	}
	return err
}

func readBundleFile(ctx context.Context, r *stix.Reader, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return readBundle(ctx, r, path, file)
}

// readBundle reads a bundle that may be packed.
func readBundle(ctx context.Context, r *stix.Reader, name string, in io.Reader) error {
	input := bufio.NewReaderSize(in, 64<<10)
	head, _ := input.Peek(4)
	var plain io.Reader = input
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(input)
		if err != nil {
			return fmt.Errorf("%s: damaged gzip header: %w", name, err)
		}
		plain = z
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(input, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(32<<20))
		if err != nil {
			return fmt.Errorf("%s: damaged zstd header: %w", name, err)
		}
		defer z.Close()
		plain = z
	}
	return r.Read(name, untilDone{ctx, plain})
}

// untilDone ends when a context does.
type untilDone struct {
	ctx context.Context
	in  io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, errors.New("interrupted: nothing was written")
	}
	return u.in.Read(p)
}

// writeFacts writes the facts where they are asked for and returns the path.
func (c *cli) writeFacts(facts *attack.Facts, table []byte, o *attackImportOptions) (string, error) {
	out := o.out
	if out == "" {
		cfg, err := c.config(".")
		if err != nil {
			return "", err
		}
		out = filepath.Join(cfg.Dir, ".socctl", "attack", facts.Domain+"-"+facts.Version+".tsv")
	}
	old, err := os.ReadFile(out)
	switch {
	case err == nil && bytes.Equal(old, table):
		return out, nil
	case err == nil && !o.force:
		return "", usageError("%s holds other facts: --force replaces them", out)
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return "", &exitError{exitUnreadable, err}
	}
	if err := replaceFile(out, table); err != nil {
		return "", &exitError{exitUnreadable, err}
	}
	return out, nil
}

// reportImport says what was imported, and what it changes compared to the
// newest release that socctl has and that is not younger.
func (c *cli) reportImport(facts *attack.Facts, out string, size int) error {
	if c.quiet {
		return nil
	}
	techniques, retired := 0, 0
	for range facts.Techniques {
		techniques++
	}
	for range facts.Retired {
		retired++
	}
	fmt.Fprintf(c.stdout, "%s of %s: %s, %s, %d out of force, %s, %d detection strategies\n", facts.Label(), facts.Released,
		report.Count(len(facts.Tactics), "tactic"), report.Count(techniques, "technique"), retired, report.Count(facts.Totals.Groups, "group"), facts.Totals.Strategies)
	fmt.Fprintf(c.stdout, "written to %s, %d bytes\n", report.Clean(filepath.ToSlash(out)), size)
	all, err := releasesWith(facts)
	if err != nil {
		return err
	}
	if at := slices.Index(all, facts); at > 0 {
		fmt.Fprintln(c.stdout)
		return report.AttackDiff(c.stdout, c.out(), "summary", attack.Compare(all[at-1], facts), facts)
	}
	return nil
}
