package main

import (
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// canHold reports whether programs can be held to one processor here.
const canHold = true

// start starts a program that runs on the nth processor only, with all its threads; on
// any if that is everywhere.
func start(cmd *exec.Cmd, nth int) error {
	if nth == everywhere {
		return cmd.Start()
	}
	// A program inherits what the thread that starts it is held to.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	one.Set(processorOf(&before, nth))
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return err
	}
	err := cmd.Start()
	if back := unix.SchedSetaffinity(0, &before); back != nil {
		return back
	}
	return err
}

// processorOf returns the nth processor of those that may be used, counted around.
func processorOf(allowed *unix.CPUSet, nth int) int {
	nth %= max(1, allowed.Count())
	for cpu := range len(allowed) * 64 {
		if !allowed.IsSet(cpu) {
			continue
		}
		if nth == 0 {
			return cpu
		}
		nth--
	}
	return 0
}
