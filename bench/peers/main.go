// Command peers runs other engines in Go for the benchmark: it is given a job
// and writes a report, as the worker of the benchmark does for our own engine.
//
// It is a module of its own. Engines that we are measured against are no
// dependencies of ours, not even of our tests: who imports socctl must not see
// them in the module graph.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/socctl/socctl/bench/internal/worker"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// run reads the job from the first argument.
func run() error {
	if len(os.Args) != 2 {
		return errors.New("give one job, as JSON")
	}
	var job worker.Job
	if err := json.Unmarshal([]byte(os.Args[1]), &job); err != nil {
		return err
	}
	var engine peer
	switch job.Engine {
	case "sigma-go":
		engine = &sigmaGo{}
	case "sigma-go-bundle":
		engine = &sigmaGo{bundled: true}
	case "sigmalite":
		engine = &sigmalite{}
	default:
		return fmt.Errorf("no peer %q", job.Engine)
	}
	r, err := measure(engine, job)
	if err != nil {
		return err
	}
	return r.Write(os.Stdout)
}
