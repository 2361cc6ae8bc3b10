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
