package main

import (
	"errors"
	"runtime"
	"strconv"

	"github.com/spf13/pflag"
)

// jobsFlag defines --jobs, of which 0 means as many workers as there are processors.
func jobsFlag(flags *pflag.FlagSet, workers *int, what string) {
	*workers = runtime.GOMAXPROCS(0)
	flags.VarP((*jobs)(workers), "jobs", "j", "number of "+what+"; 0 for as many as there are processors")
}

// jobs is a number of workers, at least 1.
type jobs int

func (j *jobs) String() string { return strconv.Itoa(int(*j)) }

func (j *jobs) Type() string { return "int" }

// Set implements pflag.Value.
func (j *jobs) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return errors.New("it takes a number of workers, at least 1, or 0 for as many as there are processors")
	}
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	*j = jobs(n)
	return nil
}
