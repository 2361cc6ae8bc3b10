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
		Example: "  socctl logsource show process_creation",
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "show [TEXT]",
		Short: "Print the views of events: logsource, conditions and fields",
		Long: `Print the views that give an event its logsources: under which conditions each
applies, and which field it shows from which field of the event. With TEXT only
the views whose name or logsource contains it. Views of the configuration
(telemetry: in .socctl.yml) replace built-in ones of the same name.`,
		Example: `  socctl logsource show
  socctl logsource show security/4688`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return c.showLogsources(strings.Join(args, "")) },
	})
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
		return usageError("no view contains %q: socctl logsource show lists all", text)
	}
	return nil
}
