package main

import (
	"fmt"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator/record"
)

// inputs are the files that are being recorded.
type inputs struct {
	again   bool
	current *record.Input // nil if none is being read
}

// open is asked before a file is read: one that was recorded before is left out, unless
// it is wanted once more. Its events would count twice.
func (r *recorder) open(path string) error {
	r.read()
	if err := notRecorded(path); err != nil {
		return err
	}
	in, err := record.InputOf(path)
	if err != nil {
		return nil // whoever reads the file tells what is wrong with it
	}
	if known, is := r.Recorded(in); is && !r.inputs.again {
		return fmt.Errorf("was recorded already, as %s, and is left out; --again records it once more", report.Clean(known.Path))
	}
	if was, grown := r.Grown(in); grown && !r.inputs.again {
		return fmt.Errorf("has grown since it was recorded, and is left out: the events of its first %d bytes would count twice; record what is new (tail -c +%d) as a file of its own, or all of it once more with --again", was.Bytes, was.Bytes+1)
	}
	r.inputs.current = &in
	return nil
}

// read notes that the current file was read to its end.
func (r *recorder) read() {
	if r.inputs.current != nil {
		r.Note(*r.inputs.current)
	}
	r.inputs.current = nil
}
