package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/rules"
)

// Exit codes, the same for every command.
const (
	exitClean      = 0 // nothing to report
	exitFindings   = 1 // findings or failures
	exitUsage      = 2 // wrong usage or configuration
	exitUnreadable = 3 // unreadable input, or an internal error
	exitAbstained  = 4 // nothing can be proposed that is known to be safe
)

// exitError ends a command with a code. A nil err means that everything has
// been said already.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// noArguments refuses arguments of a command that takes none, and says what to do
// instead; "" is nothing.
func noArguments(instead string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return nil
		case instead == "":
			return usageError("%s takes no argument, found %q", cmd.CommandPath(), args[0])
		}
		return usageError("%s takes no argument, found %q: %s", cmd.CommandPath(), args[0], instead)
	}
}

// exitWith returns nil for a clean exit.
func exitWith(code int) error {
	if code == exitClean {
		return nil
	}
	return &exitError{code: code}
}

// cli is what all commands share.
type cli struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	configPath string
	colour     string
	quiet      bool

	nowText string    // of the flag --now
	now     time.Time // as of which things have expired

	named map[string]rules.Span // where the configuration names files and folders, by path
}

// out and err return the styles of the two streams.
func (c *cli) out() report.Style { return styleOf(c.stdout, c.colour) }
func (c *cli) err() report.Style { return report.StyleFor(c.stderr, c.colour) }

// run is the whole program: it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the first one ends the work in order, a second one at once
	printed := &output{to: stdout}
	c := &cli{stdin: stdin, stdout: printed, stderr: stderr}
	root := c.command()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	var exit *exitError
	switch {
	case printed.failed != nil:
		printed.complain(stderr)
		return exitUnreadable
	case err == nil:
		return exitClean
	case errors.As(err, &exit):
		c.tell(exit.err)
		return exit.code
	}
	fmt.Fprintf(stderr, "socctl: %s\nRun %s --help for usage.\n", report.CleanLines(strings.ReplaceAll(err.Error(), "\t", "  ")), cmd.CommandPath())
	return exitUsage
}

func (c *cli) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "socctl",
		Short: "Test, check and run Sigma detection rules",
		Example: `  socctl init                       lay down a starter rule pack with tests
  socctl test                       run all tests of the rules
  socctl eval -r rules attack.evtx  which rules match a recording`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if !slices.Contains([]string{"auto", "always", "never"}, c.colour) {
				return usageError("--color takes auto, always or never, not %q", c.colour)
			}
			var err error
			c.now, err = parseNow(c.nowText)
			return err
		},
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&c.configPath, "config", "c", "", "configuration `file` (default: .socctl.yml, found by walking up)")
	flags.StringVar(&c.colour, "color", "auto", "auto, always or never")
	flags.BoolVarP(&c.quiet, "quiet", "q", false, "no progress and no summary")
	flags.StringVar(&c.nowText, "now", "", "`time` as of which filters and verdicts have expired, as 2026-05-04 or in RFC 3339 (default: the clock)")
	root.SetFlagErrorFunc(nearestFlag)
	root.SetIn(c.stdin)
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	root.AddCommand(
		c.testCommand(), c.lintCommand(), c.fmtCommand(), c.checksCommand(), c.explainCommand(),
		c.evalCommand(), c.backtestCommand(), c.recordCommand(), c.witnessCommand(), c.diffCommand(), c.ciCommand(),
		c.coverageCommand(), c.attackCommand(), c.filterCommand(), c.overlapCommand(), c.verdictCommand(), c.healthCommand(), c.lifecycleCommand(),
		c.tuneCommand(), c.expandCommand(), c.initCommand(), c.importCommand(), c.newCommand(), c.logsourceCommand(), c.lspCommand(),
		c.pipelineCommand(), c.schemaCommand(), c.versionCommand(),
	)
	arrange(root)
	return root
}

// chapters are the commands in the order in which somebody needs them.
var chapters = []struct{ title, commands string }{
	{"Begin", "init import new"},
	{"Write and check rules", "checks explain fmt lint lsp test witness"},
	{"Run rules on recordings", "backtest eval logsource pipeline record"},
	{"Review changes and coverage", "attack ci coverage diff overlap"},
	{"Learn from what became of alerts", "expand filter health lifecycle tune verdict"},
	{"Others", "completion help schema version"},
}

// arrange puts the commands into chapters of the help, and makes those that only hold
// others refuse what they do not know.
func arrange(root *cobra.Command) {
	chapterOf := map[string]string{}
	for _, chapter := range chapters {
		root.AddGroup(&cobra.Group{ID: chapter.title, Title: chapter.title})
		for _, name := range strings.Fields(chapter.commands) {
			chapterOf[name] = chapter.title
		}
	}
	root.SetHelpCommandGroupID(chapterOf["help"])
	root.SetCompletionCommandGroupID(chapterOf["completion"])
	for _, cmd := range root.Commands() {
		cmd.GroupID = chapterOf[cmd.Name()]
		refuseUnknown(cmd)
	}
}

// refuseUnknown makes a command that only holds others say that it does not know one.
// It would print its help and end with 0, so that a job of CI with a slip in "filter
// check" would pass for ever.
func refuseUnknown(group *cobra.Command) {
	if !group.HasSubCommands() || group.Runnable() {
		return
	}
	group.FParseErrWhitelist.UnknownFlags = true // of the command that there is not
	group.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var known []string
		for _, sub := range cmd.Commands() {
			known = append(known, sub.Name())
		}
		if near := rules.Nearest(args[0], known); near != "" {
			return usageError("there is no %s %s: did you mean %s %s?", cmd.CommandPath(), args[0], cmd.CommandPath(), near)
		}
		return usageError("there is no %s %s: there is %s", cmd.CommandPath(), args[0], strings.Join(known, ", "))
	}
}

// nearestFlag says which flag may be meant instead of one that there is not.
func nearestFlag(cmd *cobra.Command, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !unknown {
		return err
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	if near := rules.Nearest(name, known); near != "" {
		return fmt.Errorf("%w: did you mean --%s?", err, near)
	}
	return err
}

// helpTemplate shows an example before the usage.
const helpTemplate = `{{with or .Long .Short}}{{. | trimTrailingWhitespaces}}

{{end}}{{if .HasExample}}Examples:
{{.Example}}

{{end}}{{.UsageString}}`

const usageTemplate = `Usage:{{if and .Runnable (not .HasAvailableSubCommands)}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]

{{if not .Groups}}Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{else}}{{range $i, $group := .Groups}}{{if $i}}

{{end}}{{$group.Title}}:{{range $.Commands}}{{if and (eq .GroupID $group.ID) (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Global flags:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`
