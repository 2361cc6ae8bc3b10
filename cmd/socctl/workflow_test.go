package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// The project's own rules go through its own action: the workflow uses the action of
// this tree, for every change of the starter pack, and what it asks for can be run.
func TestOwnRulesGoThroughTheAction(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(repoRoot, ".github", "workflows", "detections.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var workflow struct {
		On struct {
			PullRequest struct{ Paths []string } `yaml:"pull_request"`
		} `yaml:"on"`
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(source, &workflow); err != nil {
		t.Fatal(err)
	}
	if paths := strings.Join(workflow.On.PullRequest.Paths, " "); !strings.Contains(paths, "rules/starter/**") {
		t.Errorf("it looks at %q only", paths)
	}
	ran := 0
	for _, job := range workflow.Jobs {
		for _, step := range job.Steps {
			if step.Uses == "./" {
				runAction(t, step.With)
				ran++
			}
		}
	}
	if ran != 1 {
		t.Errorf("the action is used %d times", ran)
	}
}

// The line that docs/ci.md has replaced in the workflow of init stands there, and what takes
// its place can be run: it differs in the command and one more output.
func TestSwitchToCI(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(repoRoot, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	_, section, _ := strings.Cut(read("docs/ci.md"), "### In the workflow of init")
	section, _, _ = strings.Cut(section, "\n### ")
	var lines []string
	for line := range strings.Lines(section) {
		if strings.HasPrefix(strings.TrimSpace(line), "run: ") {
			lines = append(lines, line)
		}
	}
	if len(lines) != 2 || strings.Count(read("rules/starter/workflow.yml"), lines[0]) != 1 {
		t.Fatalf("the page says %q, which the workflow does not have once", lines)
	}
	dir := t.TempDir()
	script := "set -e; socctl init -q .; git init -q .; git add .; git -c user.name=a -c user.email=a@example.com commit -qm x; git update-ref refs/remotes/origin/main HEAD\n" +
		strings.TrimPrefix(strings.TrimSpace(lines[1]), "run: ")
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GITHUB_BASE_REF=main", "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary.md"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// runAction runs the command of the action on the tree as it was committed.
func runAction(t *testing.T, with map[string]string) {
	t.Helper()
	if with["base"] == "" {
		t.Error("the action is given no base")
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	if err := exec.Command("git", "-C", repoRoot, "rev-parse", "HEAD").Run(); err != nil {
		t.Skip("the tree is no git repository")
	}
	cmd := exec.Command("socctl", append([]string{"ci", "--base", "HEAD"}, strings.Fields(with["arguments"])...)...)
	cmd.Dir = filepath.Join(repoRoot, with["working-directory"])
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 1) || !strings.Contains(string(out), "rules changed") && !strings.Contains(string(out), "rule changed") {
		t.Errorf("%v\n%s", err, out)
	}
}
