package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// output is standard output. It remembers that something could not be written, because
// those who print need not look, and prints nothing behind that.
type output struct {
	to     io.Writer
	failed error
}

func (o *output) Write(p []byte) (int, error) {
	if o.failed != nil {
		return 0, o.failed
	}
	n, err := o.to.Write(p)
	o.failed = err
	return n, err
}

// styleOf returns the style of what is printed: that of where it goes in the end.
func styleOf(w io.Writer, colour string) report.Style {
	if o, ok := w.(*output); ok {
		w = o.to
	}
	return report.StyleFor(w, colour)
}

// complain says why the output is not complete.
func (o *output) complain(stderr io.Writer) {
	err := o.failed
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	fmt.Fprintf(stderr, "socctl: standard output cannot be written: %v; what was printed is not complete\n", err)
}

// outputFailed reports whether something could not be printed, which the end of the
// program tells.
func outputFailed(w io.Writer) bool {
	o, ok := w.(*output)
	return ok && o.failed != nil
}

// outlivePrinting lets a command go on when nobody reads on what it prints, as behind
// "| head": what it was asked to change comes after that, and would be left undone.
func outlivePrinting() { signal.Ignore(syscall.SIGPIPE) }
