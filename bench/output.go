package main

import (
	"context"
	"os"

	"github.com/socctl/socctl/bench/internal/worker"
)

// writing measures what it takes to write what a command line of ours writes, and nothing
// else: the floor of engines that write the same.
func writing(args arguments) func(context.Context, *shop, string, job) (*worker.Report, error) {
	return func(ctx context.Context, s *shop, path string, j job) (*worker.Report, error) {
		full, err := s.childInto(ctx, s.outputOf(j.engine.name), path, args, j.input, j.engine.processor())
		if err != nil {
			return nil, err
		}
		there, err := os.Stat(full.output)
		if err != nil || there.Size() == 0 {
			return &worker.Report{}, err
		}
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		r, err := s.worker(ctx, self, worker.Job{Engine: "output", Paths: []string{full.output}})
		if err == nil {
			r.Events = int(float64(j.input.Events) * float64(r.Bytes) / float64(there.Size()))
		}
		return r, err
	}
}
