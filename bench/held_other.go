//go:build !linux

package main

import (
	"os"
	"os/exec"
)

// canHold reports whether programs can be held to one processor here.
const canHold = false

// start starts a program. One in Go that is to run on one processor runs on one at a
// time, which may be another one later.
func start(cmd *exec.Cmd, nth int) error {
	if nth != everywhere {
		if cmd.Env == nil {
			cmd.Env = os.Environ()
		}
		cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
	}
	return cmd.Start()
}
