package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (c *cli) logsourceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "logsource",
		Short:   "Show how events become logsources",
		Example: "  socctl logsource show process_creation\n  socctl logsource show events.ndjson",
	}
	cmd.AddCommand(c.logsourceShowCommand())
	return cmd
}

func (c *cli) logsourceShowCommand() *cobra.Command {
	var o routingOptions
	cmd := &cobra.Command{
		Use:   "show [TEXT | EVENT]",
		Short: "Print the views of events, or which of them an event gets and why",
		Long: `Print the views that give an event its logsources: under which conditions each
applies, and which field it shows from which field of the event. With TEXT only
the views whose name or logsource contains it. Views of the configuration
(telemetry: in .socctl.yml) replace built-in ones of the same name.

With EVENT, a recording or - for standard input, print which views one of its
records gets, with the values that decided, when it happened by which field, and
which views it just misses. FILE:N stands for FILE --record N. With --rule also
whether that rule sees the record, and which of its fields the record lacks.`,
		Example: `  socctl logsource show
  socctl logsource show security/process
  socctl logsource show events.ndjson:3
  socctl logsource show audit.log --rule rules/linux/shadow.yml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := strings.Join(args, "")
			recording, err := o.recordingOf(text)
			switch {
			case err != nil:
				return err
			case recording != "":
				return c.showRouting(cmd.Context(), &o, recording)
			case o.set(cmd.Flags()):
				return usageError("%q is no file: --%s belongs to a recording", text, o.first)
			}
			return c.showLogsources(text)
		},
	}
	o.flags(cmd.Flags())
	return cmd
}

func (c *cli) showLogsources(text string) error {
	cfg, err := c.config(".")
	if err != nil {
		return err
	}
	table, err := c.views(cfg)
	if err != nil {
		return err
	}
	if text == "" {
		return table.Print(c.stdout)
	}
	shown := 0
	for i := range table.Views {
		v := &table.Views[i]
		var sources strings.Builder
		for _, l := range v.Logsources() {
			sources.WriteString(" " + l.String())
		}
		if strings.Contains(strings.ToLower(v.Name+sources.String()), strings.ToLower(text)) {
			fmt.Fprintln(c.stdout, v)
			shown++
		}
	}
	if shown == 0 {
		return usageError("no view contains %q, and it is no file: socctl logsource show lists all views", text)
	}
	return nil
}
