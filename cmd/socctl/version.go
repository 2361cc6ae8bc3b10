package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// What a release or a packager states with -ldflags "-X main.releaseVersion=…".
// They win over what the Go toolchain records, which a build from an archive
// without its repository does not have.
var releaseVersion, releaseCommit, releaseDate string

// sigmaVersion is that of the Sigma specification which rules are read by.
const sigmaVersion = "2.1.0"

// build is where a binary comes from, and by which versions of everything that
// results depend on it decides.
type build struct {
	Version    string   `json:"version"`
	Commit     string   `json:"commit,omitempty"`
	Date       string   `json:"date,omitempty"` // of the commit, not of the build: builds can be repeated
	Modified   bool     `json:"modified,omitempty"`
	Go         string   `json:"go"`
	Platform   string   `json:"platform"`
	Sigma      string   `json:"sigma"`
	Attack     []string `json:"attack"`
	Semantics  int      `json:"semantics"`
	Normaliser int      `json:"normaliser"`
}

func (c *cli) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and those of the specifications it follows",
		Example: `  socctl version
  socctl version --json`,
		Args: noArguments(""),
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo()
			b := buildOf(info)
			if asJSON {
				return json.NewEncoder(c.stdout).Encode(b)
			}
			fmt.Fprint(c.stdout, b)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as one JSON object")
	return cmd
}

// buildOf joins what the release states with what the toolchain recorded. A nil
// info is a binary without a record.
func buildOf(info *debug.BuildInfo) build {
	b := build{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Sigma: sigmaVersion,
		Attack: attack.Releases(), Semantics: compiler.SemanticsVersion, Normaliser: telemetry.NormaliserVersion}
	if info != nil {
		b.recorded(info)
	}
	for _, stated := range []struct {
		value string
		field *string
	}{{releaseVersion, &b.Version}, {releaseCommit, &b.Commit}, {releaseDate, &b.Date}} {
		if stated.value != "" {
			*stated.field = stated.value
		}
	}
	return b
}

func (b *build) recorded(info *debug.BuildInfo) {
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
}

// String is what a person reads: the first line is enough for a report of a bug.
func (b build) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "socctl %s (semantics %d, %s %s)\n", b.Version, b.Semantics, b.Go, b.Platform)
	row := func(name, value string) { fmt.Fprintf(&out, "%-11s %s\n", name, value) }
	if b.Commit != "" {
		commit := b.Commit
		if b.Modified {
			commit += ", with changes"
		}
		row("commit", commit)
	}
	if b.Date != "" {
		row("date", b.Date)
	}
	row("sigma", b.Sigma)
	row("attack", strings.Join(b.Attack, ", "))
	row("normaliser", fmt.Sprint(b.Normaliser))
	return out.String()
}

// version returns the version that the binary was built from.
func version() string {
	info, _ := debug.ReadBuildInfo()
	return buildOf(info).Version
}
