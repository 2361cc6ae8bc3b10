package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// workflow is the part of a GitHub workflow that decides what it may do.
type workflow struct {
	On          yaml.Node `yaml:"on"`
	Permissions yaml.Node `yaml:"permissions"`
	Jobs        map[string]struct {
		Permissions map[string]string `yaml:"permissions"`
		Steps       []struct {
			Uses string            `yaml:"uses"`
			Run  string            `yaml:"run"`
			With map[string]string `yaml:"with"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

var pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)

// Every workflow pins what it uses, and puts nothing that others may have written into
// a script; none that others can start may both run foreign code and write.
func TestWorkflowsAreSafe(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join(repoRoot, ".github", "workflows", "*.yml"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if w.Permissions.IsZero() {
			t.Errorf("%s leaves the permissions to the settings of the repository", name)
		}
		if strings.Contains(string(text), "pull_request_target") {
			t.Errorf("%s is started by pull_request_target, which gives foreign code a token", name)
		}
		for job, j := range w.Jobs {
			for _, s := range j.Steps {
				if s.Uses != "" && !strings.HasPrefix(s.Uses, "./") && !pinned.MatchString(s.Uses) {
					t.Errorf("%s, %s: %s is not pinned by a hash", name, job, s.Uses)
				}
				if strings.Contains(s.Run, "${{") || strings.Contains(s.With["script"], "${{") {
					t.Errorf("%s, %s: an expression becomes part of a script: pass it by the environment", name, job)
				}
			}
		}
	}
}

// The job that may write comments takes no text but what the job before it rendered,
// and that one renders with the program of the default branch.
func TestTheCommentIsRenderedByUs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(repoRoot, ".github", "workflows", "comment.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var w workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	for job, j := range w.Jobs {
		for permission, level := range j.Permissions {
			if level == "write" && (job != "comment" || permission != "pull-requests") {
				t.Errorf("%s may write %s", job, permission)
			}
		}
		for _, s := range j.Steps {
			if run := s.With["run-id"]; run != "" && job == "comment" {
				t.Error("the job that writes takes an artifact of the foreign run")
			}
			if ref := s.With["ref"]; strings.Contains(s.Uses, "actions/checkout@") && ref != "${{ github.event.repository.default_branch }}" {
				t.Errorf("%s checks out %q", job, ref)
			}
		}
	}
	if !strings.Contains(string(text), "ci --render - ") {
		t.Error("nothing is rendered")
	}
}
