package main

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/socctl/socctl/bench/internal/page"
)

func thisMachine() page.Machine {
	return page.Machine{CPU: processor(), Cores: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
}

// processor returns the name of the processor, where the system tells.
func processor() string {
	if text, err := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output(); err == nil && runtime.GOOS == "darwin" {
		return strings.TrimSpace(string(text))
	}
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer f.Close()
	told := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && told[strings.TrimSpace(name)] == "" {
			told[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	if told["model name"] == "" {
		return "unknown processor"
	}
	name := told["model name"]
	if told["cpu family"] != "" {
		name += " (family " + told["cpu family"] + ", model " + told["model"] + ")"
	}
	return name
}

// revision returns the commit of the tree, with a + if it was changed since.
func (s *shop) revision() string {
	git := func(args ...string) string {
		out, err := exec.Command("git", append([]string{"-C", s.root}, args...)...).Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	head := git("rev-parse", "--short=10", "HEAD")
	if git("status", "--porcelain", "--untracked-files=no", "--", "*.go") != "" {
		head += "+"
	}
	return head
}
