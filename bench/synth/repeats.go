package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/socctl/socctl/bench/internal/synth"
)

// repeats prints for major fields how many of their values are distinct.
func repeats(ctx context.Context, w io.Writer, path string) error {
	stats, err := synth.Repeats(ctx, path)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d events\n", stats.Events)
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "field\tvalues\tdistinct\tratio\t")
	for _, f := range stats.Fields {
		more := ""
		if f.AtLeast {
			more = "+"
		}
		fmt.Fprintf(out, "%s\t%d\t%d%s\t%.5f\t\n", f.Name, f.Values, f.Distinct, more, float64(f.Distinct)/float64(f.Values))
	}
	return out.Flush()
}
