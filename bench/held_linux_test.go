package main

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What is started is held to one processor, and who starts it is not.
func TestStartHolds(t *testing.T) {
	var before, after unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Skip(err)
	}
	for nth := range runtime.NumCPU() {
		var out strings.Builder
		cmd := exec.Command("nproc")
		cmd.Stdout = &out
		if cmd.Err != nil {
			t.Skip(cmd.Err)
		}
		cmd.Env = []string{} // OMP_NUM_THREADS would decide otherwise
		if err := start(cmd, nth); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil || strings.TrimSpace(out.String()) != "1" {
			t.Errorf("held to processor %d it has %q, %v", nth, out.String(), err)
		}
	}
	if err := unix.SchedGetaffinity(0, &after); err != nil || after != before {
		t.Errorf("the test itself is held: %v, %v", after, err)
	}
}

func TestProcessorOf(t *testing.T) {
	var allowed unix.CPUSet
	allowed.Set(3)
	allowed.Set(70)
	for nth, want := range []int{3, 70, 3} {
		if got := processorOf(&allowed, nth); got != want {
			t.Errorf("processor %d is %d, want %d", nth, got, want)
		}
	}
}
