package main_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The server is tried by a real editor, where there is one.
func TestNeovim(t *testing.T) {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		t.Skip("no nvim: the session with a real editor is not tried")
	}
	version, err := exec.Command(nvim, "--version").Output()
	if m := regexp.MustCompile(`^NVIM v(\d+)\.(\d+)`).FindSubmatch(version); err != nil || m == nil || string(m[1]) == "0" && minor(m[2]) < 7 {
		t.Skipf("nvim is older than 0.7: the session with a real editor is not tried: %.20s", version)
	}
	script, err := filepath.Abs("testdata/neovim/session.lua")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		".socctl.yml": "rules: rules\ntests: tests\nlint: {checks: {test/no-negative: off}}\n", // else what is found depends on whether tests have been read yet
		"rules/whoami.yml": "title: Whoami Execution\nid: 0d8e8a4a-6ac1-4cc4-a13b-8f9ad8e45f4b\nstatus: experimental\ndescription: Detects the execution of whoami, which tells intruders who they are\n" +
			"author: socctl\ndate: 2025-01-02\ntags: [attack.discovery, attack.t1033]\nlogsource: {category: process_creation, product: windows}\ndetection:\n    selection:\n" +
			"        Image|endwith: '\\whoami.exe'\n    condition: selection\nfalsepositives:\n    - Administrators at work\nlevel: low\n",
		"tests/whoami.yml": "tests:\n    - name: it fires\n      event: {Image: 'C:\\Windows\\whoami.exe'}\n      match: true\n",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "socctl")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, nvim, "--headless", "--clean", "-n", "-c", "luafile "+script)
	cmd.Dir = dir
	out := filepath.Join(bin, "out")
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "OUT="+out, "HOME="+bin, "XDG_STATE_HOME="+bin, "XDG_CACHE_HOME="+bin)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	const want = `opened: value/unknown-modifier@10:14
action: write endswith
line:         Image|endswith: '\whoami.exe'
fixed: 
hover: **endswith** · modifier
definition: 9
completion: endswith
lens: run 1 test
tests: 1 passed, 0 failed
stopped: true
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("what the editor saw (-want +got):\n%s", diff)
	}
}

func minor(text []byte) int {
	n, _ := strconv.Atoi(string(text))
	return n
}
