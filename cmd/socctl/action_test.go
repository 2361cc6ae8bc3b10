package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// step returns a step of the action by its name.
func step(t *testing.T, name string) *yaml.Node {
	t.Helper()
	for _, s := range member(tree(t, "action.yml"), "runs", "steps").Content {
		if n := member(s, "name"); n != nil && n.Value == name {
			return s
		}
	}
	t.Fatalf("the action has no step %q", name)
	return nil
}

// shell runs the script of a step as the action would.
func shell(t *testing.T, name, dir string, env ...string) (string, error) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	cmd := exec.Command(bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", member(step(t, name), "run").Value)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The key of the cache is another one for other rules, another program, another command
// that fetches recordings and another platform, and for nothing else; what is restored
// in its stead shares all but the rules, or all but these and the program.
func TestActionKeysItsCache(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	dir, temp := t.TempDir(), t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
	program := filepath.Join(temp, "socctl-bin", "socctl")
	put(program, "one")
	put(filepath.Join(dir, "rules", "a.yml"), "title: A")
	put(filepath.Join(dir, "README.md"), "read")
	git("init", "-q", ".")
	git("add", "-A")
	keys := func(platform, fetch string) map[string]string {
		t.Helper()
		output := filepath.Join(t.TempDir(), "output")
		if out, err := shell(t, "Find the cache", dir, "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+output, "PLATFORM="+platform, "FETCH="+fetch); err != nil {
			t.Fatal(err, out)
		}
		text, err := os.ReadFile(output)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for line := range strings.Lines(string(text)) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			found[name] = value
		}
		if !strings.HasPrefix(found["key"], found["program"]) || !strings.HasPrefix(found["program"], found["recordings"]) || found["recordings"] == "" || len(found) != 4 {
			t.Fatalf("%v", found)
		}
		return found
	}
	const hostile = "echo \"$(touch pwned)\"\nkey=pwned; touch pwned"
	first := keys("Linux-X64", hostile)
	if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
		t.Error("the command of fetch ran while the key was made")
	}
	put(filepath.Join(dir, "README.md"), "changed")
	git("add", "-A")
	if again := keys("Linux-X64", hostile); again["key"] != first["key"] {
		t.Error("a page that is no rule changed the key")
	}
	put(filepath.Join(dir, "rules", "a.yml"), "title: B")
	git("add", "-A")
	if now := keys("Linux-X64", hostile); now["key"] == first["key"] || now["program"] != first["program"] {
		t.Errorf("another rule: %v, before %v", now, first)
	}
	put(program, "two")
	if now := keys("Linux-X64", hostile); now["program"] == first["program"] || now["recordings"] != first["recordings"] {
		t.Errorf("another program: %v, before %v", now, first)
	}
	if keys("Linux-X64", "other")["recordings"] == first["recordings"] || keys("macOS-ARM64", hostile)["recordings"] == first["recordings"] {
		t.Error("recordings of another command or platform would be taken")
	}
}

// Recordings are fetched once, and what a command has left behind that failed is not
// taken for recordings.
func TestActionFetchesRecordings(t *testing.T) {
	dir := t.TempDir()
	recordings := filepath.Join(dir, "cache", "recordings")
	fetch := func(command string) error {
		_, err := shell(t, "Fetch recordings", dir, "FETCH="+command, "SOCCTL_RECORDINGS="+recordings)
		return err
	}
	for _, command := range []string{`mkdir -p "$SOCCTL_RECORDINGS"; false; true`, `true`} {
		if fetch(command) == nil {
			t.Errorf("%s: it passed", command)
		}
		if _, err := os.Stat(recordings); err == nil {
			t.Errorf("%s: something is left", command)
		}
	}
	if err := fetch(`mkdir -p "$SOCCTL_RECORDINGS" && echo x >> "$SOCCTL_RECORDINGS/a"`); err != nil {
		t.Fatal(err)
	}
	if err := fetch(`false`); err != nil {
		t.Error("recordings that are there were fetched again")
	}
}

// A pull request writes nothing that another one reads: the events that have the cache
// of a branch and may run foreign code keep nothing, and what is kept is what is restored.
func TestActionKeepsNoForeignCache(t *testing.T) {
	restore, save := step(t, "Restore recordings and results"), step(t, "Keep recordings and results")
	when := member(save, "if").Value
	for _, event := range []string{"pull_request_target", "workflow_run", "issue_comment", "merge_group"} {
		if strings.Contains(when, event) {
			t.Errorf("%s keeps a cache", event)
		}
	}
	if !strings.Contains(when, "github.event_name") || !strings.Contains(when, "steps.restore.outputs.cache-matched-key == ''") {
		t.Errorf("it is kept if %s", when)
	}
	for _, name := range []string{"path", "key"} {
		if a, b := member(restore, "with", name).Value, member(save, "with", name).Value; a != b {
			t.Errorf("%s is %s, and %s is kept", name, a, b)
		}
	}
	visit(tree(t, "action.yml"), func(key string, value *yaml.Node) {
		if key == "uses" && strings.HasPrefix(value.Value, "actions/cache@") {
			t.Error("a step that both restores and keeps cannot tell events apart")
		}
	})
}
