package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/lint/project"
	"github.com/socctl/socctl/rules"
)

// A server with pages that are there, gone, moved, refused and broken.
func pagesServer(t *testing.T) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/there", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/nowhere", http.StatusFound) })
	mux.HandleFunc("/circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/circle", http.StatusFound) })
	mux.HandleFunc("/refused", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	mux.HandleFunc("/no-head", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusNotFound)
		}
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server, &asked
}

func TestVisitor(t *testing.T) {
	server, asked := pagesServer(t)
	v := newVisitor()
	v.private = true
	for path, want := range map[string]string{"/there": "", "/gone": "410 Gone", "/nowhere": "404 Not Found", "/moved": "404 Not Found",
		"/circle": "", "/refused": "", "/broken": "", "/no-head": ""} {
		if got := v.gone(context.Background(), server.URL+path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := v.gone(context.Background(), "http://[::1/"); got != "" {
		t.Errorf("a URL that is none is said to be gone: %s", got)
	}
	before := asked.Load()
	if got := newVisitor().gone(context.Background(), server.URL+"/gone"); got != "" || asked.Load() != before {
		t.Errorf("a private address was asked: %q", got)
	}
	for address, public := range map[string]bool{"127.0.0.1:80": false, "10.1.2.3:80": false, "169.254.169.254:80": false, "[fd00::1]:80": false,
		"[::ffff:192.168.0.1]:443": false, "100.64.1.1:80": false, "0.0.0.0:80": false, "93.184.216.34:443": true, "[2606:2800::1]:443": true} {
		if err := newVisitor().allowed(address); (err == nil) != public {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// References are only tried where the check is named, each once, and no more
// than allowed.
func TestReferencesAreTriedOnlyOnDemand(t *testing.T) {
	server, asked := pagesServer(t)
	v := newVisitor()
	v.private = true
	t.Chdir(t.TempDir())
	rule := "title: T\nreferences:\n    - URL/there\n    - URL/gone\n    - URL/nowhere\nlogsource: {product: windows}\ndetection:\n    s: {EventID: 1}\n    condition: s\n"
	for _, name := range []string{"a.yml", "b.yml"} {
		if err := os.WriteFile(name, []byte(strings.ReplaceAll(rule, "URL", server.URL)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	known := lint.NewCatalogue(checks.All())
	for _, c := range []struct {
		checks                 string
		found, untried, visits int64
	}{
		{"{}", 0, 0, 0},
		{"{meta/*: error}", 0, 0, 0},
		{"{meta/reference-dead: warning}", 4, 0, 5}, // of two that are gone, in two files
		{"{meta/reference-dead: warning, meta/*: off}", 0, 0, 0},
		{"{meta/reference-dead: {level: warning, max: 2}}", 2, 1, 3},
		{"{meta/reference-dead: {level: warning, seconds: 0}}", 0, 1, 0},
	} {
		asked.Store(0)
		nodes, _ := rules.ParseNodes("c.yml", []byte("checks: "+c.checks+"\n"))
		settings, diags := lint.NewConfig(nodes[0], ".", known)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		in := project.Load(project.Options{Paths: []string{"."}, Now: time.Now()})
		in.Gone = v.gone
		result, err := lint.Run(context.Background(), in, known, settings)
		if err != nil {
			t.Fatal(err)
		}
		var found, untried int64
		for _, f := range result.Findings {
			switch {
			case f.Code != "meta/reference-dead" || !f.Counts():
			case strings.Contains(f.Message, "not tried"):
				untried++
			default:
				found++
			}
		}
		if found != c.found || untried != c.untried || asked.Load() != c.visits {
			t.Errorf("%s: %d findings, %d untried, %d visits, want %d, %d, %d", c.checks, found, untried, asked.Load(), c.found, c.untried, c.visits)
		}
	}
}
