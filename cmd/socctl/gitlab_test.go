package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"
)

const gitlabTemplate = ".github/templates/gitlab-ci.yml"

// gitlabKeywords are what GitLab documents for a job and, by the path of the key,
// within it.
var gitlabKeywords = map[string][]string{
	"": {"after_script", "allow_failure", "artifacts", "before_script", "cache", "coverage", "dependencies", "environment", "extends", "hooks", "id_tokens", "identity", "image", "inherit",
		"interruptible", "manual_confirmation", "needs", "pages", "parallel", "release", "resource_group", "retry", "rules", "run", "script", "secrets", "services", "stage", "tags", "timeout", "trigger", "variables", "when"},
	"artifacts": {"paths", "exclude", "expire_in", "expose_as", "name", "public", "access", "reports", "untracked", "when"},
	"artifacts/reports": {"accessibility", "annotations", "api_fuzzing", "browser_performance", "codequality", "container_scanning", "coverage_fuzzing", "coverage_report", "cyclonedx", "dast", "dependency_scanning",
		"dotenv", "junit", "load_performance", "metrics", "requirements", "sast", "secret_detection", "terraform"},
	"cache":       {"fallback_keys", "key", "paths", "policy", "unprotect", "untracked", "when"},
	"environment": {"action", "auto_stop_in", "deployment_tier", "kubernetes", "name", "on_stop", "url"},
	"needs":       {"artifacts", "job", "optional", "parallel", "pipeline", "project", "ref"},
	"rules":       {"allow_failure", "changes", "exists", "if", "interruptible", "needs", "variables", "when"},
}

// Every key of the template is one that GitLab knows in that place, and jobs have
// what they need.
func TestGitLabTemplate(t *testing.T) {
	n := tree(t, gitlabTemplate).Content[0]
	jobs := 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, job := n.Content[i].Value, n.Content[i+1]
		if name == "variables" {
			continue
		}
		jobs++
		checkKeywords(t, name, "", job)
		if member(job, "script") == nil || member(job, "rules") == nil || member(job, "image") == nil {
			t.Errorf("the job %s lacks a script, rules or an image", name)
		}
		for _, need := range items(member(job, "needs")) {
			if member(n, member(need, "job").Value) == nil {
				t.Errorf("%s needs a job that is not there", name)
			}
		}
	}
	if jobs != 2 {
		t.Errorf("%d jobs, want 2", jobs)
	}
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

func checkKeywords(t *testing.T, job, path string, n *yaml.Node) {
	t.Helper()
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			checkKeywords(t, job, path, item)
		}
		return
	}
	known, checked := gitlabKeywords[path]
	if n.Kind != yaml.MappingNode || !checked {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		if !slices.Contains(known, key) {
			t.Errorf("line %d: GitLab knows no %s in %s/%s", n.Content[i].Line, key, job, path)
		}
		checkKeywords(t, job, strings.TrimPrefix(path+"/"+key, "/"), n.Content[i+1])
	}
}

// fakeGitLab keeps the notes of one merge request, two on a page.
type fakeGitLab struct {
	mu    sync.Mutex
	notes []note
	next  int
	wrong []string
}

type note struct {
	ID     int    `json:"id"`
	Body   string `json:"body"`
	Author struct {
		ID int `json:"id"`
	} `json:"author"`
}

func (g *fakeGitLab) add(author int, body string) {
	g.next++
	n := note{ID: g.next, Body: body}
	n.Author.ID = author
	g.notes = append(g.notes, n)
}

func (g *fakeGitLab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Header.Get("PRIVATE-TOKEN") != "secret" {
		g.wrong = append(g.wrong, "no token: "+r.URL.Path)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	const notes = "/api/v4/projects/7/merge_requests/3/notes"
	id := 0
	fmt.Sscanf(strings.TrimPrefix(r.URL.Path, notes+"/"), "%d", &id)
	at := slices.IndexFunc(g.notes, func(n note) bool { return n.ID == id })
	switch {
	case r.URL.Path == "/api/v4/user":
		io.WriteString(w, `{"id":5}`)
	case r.Method == http.MethodGet && r.URL.Path == notes:
		page := 1
		fmt.Sscan(r.URL.Query().Get("page"), &page)
		from, to := min(2*(page-1), len(g.notes)), min(2*page, len(g.notes))
		if to < len(g.notes) {
			w.Header().Set("X-Next-Page", fmt.Sprint(page+1))
		} else {
			w.Header().Set("X-Next-Page", "")
		}
		json.NewEncoder(w).Encode(g.notes[from:to])
	case r.Method == http.MethodPost && r.URL.Path == notes:
		g.add(5, r.FormValue("body"))
		io.WriteString(w, `{}`)
	case r.Method == http.MethodPut && at >= 0:
		g.notes[at].Body = r.FormValue("body")
		io.WriteString(w, `{}`)
	case r.Method == http.MethodDelete && at >= 0:
		g.notes = slices.Delete(g.notes, at, at+1)
		w.WriteHeader(http.StatusNoContent)
	default:
		g.wrong = append(g.wrong, r.Method+" "+r.URL.Path)
		w.WriteHeader(http.StatusNotFound)
	}
}

// The script of the note, run as GitLab runs it against notes on this machine: one
// note of ours, replaced, and removed when there is nothing to say. Those of others
// stay, even if they look like ours.
func TestGitLabNote(t *testing.T) {
	for _, program := range []string{"sh", "curl", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	script := items(member(tree(t, gitlabTemplate), "socctl-note", "script"))[0].Value
	gitlab := &fakeGitLab{}
	for _, body := range []string{"hello", "<!-- socctl --> not by us", "again"} {
		gitlab.add(9, body)
	}
	server := httptest.NewServer(gitlab)
	defer server.Close()
	dir := t.TempDir()
	post := func(body string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "socctl.md"), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sh", "-e", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CI_API_V4_URL="+server.URL+"/api/v4", "CI_PROJECT_ID=7", "CI_MERGE_REQUEST_IID=3", "SOCCTL_TOKEN=secret", "no_proxy=*")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	ours := func() (out []string) {
		for _, n := range gitlab.notes {
			if n.Author.ID == 5 {
				out = append(out, n.Body)
			}
		}
		return out
	}
	for _, step := range []struct{ body, want string }{
		{"", ""},
		{"<!-- socctl -->\nfirst & \"$HOME\" `x` ü", "<!-- socctl -->\nfirst & \"$HOME\" `x` ü"},
		{"<!-- socctl -->\nsecond", "<!-- socctl -->\nsecond"},
		{"", ""},
	} {
		post(step.body)
		if got := strings.Join(ours(), "|"); got != step.want {
			t.Errorf("after %q the notes of ours are %q, want %q", step.body, got, step.want)
		}
	}
	if len(gitlab.notes) != 3 || len(gitlab.wrong) > 0 {
		t.Errorf("notes %v, wrong calls %v", gitlab.notes, gitlab.wrong)
	}
}
