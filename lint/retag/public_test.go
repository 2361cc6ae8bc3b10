package retag_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/retag"
	"github.com/socctl/socctl/rules"
)

// TestPublicRules brings the public rules as they were for ATT&CK 18 to 19.1. Of
// the 1612 rules that their maintainers changed, 290 ask and 1322 are changed;
// another 118 ask, as T1574 and its sub-techniques left two of their tactics
// without anybody noticing. Nothing but tags changes.
func TestPublicRules(t *testing.T) {
	facts, err := attack.Load("19.1")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	eachFile(t, func(name string, source []byte) {
		docs, _ := rules.Parse(name, source)
		plan := retag.Plan(docs, facts, attack.Rules{})
		for _, d := range plan {
			if d.Fix != nil {
				got["changed"]++
			}
			if d.Asks() {
				got["asks"]++
			}
		}
		for _, r := range (lint.Fixer{}).Fix(retag.Findings(plan)) {
			got["refused"] += len(r.Refused) + len(r.Postponed)
			before, after := strings.Split(string(r.Before), "\n"), strings.Split(string(r.After), "\n")
			for _, line := range onlyIn(after, before) {
				if tag := strings.TrimSpace(line); !strings.HasPrefix(tag, "- attack.") {
					t.Errorf("%s: the line %q is new", name, line)
				}
			}
			for _, line := range onlyIn(before, after) {
				if tag := strings.TrimSpace(line); !strings.HasPrefix(tag, "- attack.") {
					t.Errorf("%s: the line %q is gone", name, line)
				}
			}
			now, diags := rules.Parse(name, r.After)
			if diags.Count(rules.Error) > 0 || len(now) != len(docs) {
				t.Errorf("%s: %v", name, diags)
			}
			for _, d := range retag.Plan(now, facts, attack.Rules{}) {
				if d.Fix != nil {
					t.Errorf("%s: a second migration changes it again", name)
				}
			}
		}
	})
	want := map[string]int{"changed": 1322, "asks": 290 + 118, "refused": 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// onlyIn returns the lines of a that are not in b.
func onlyIn(a, b []string) (out []string) {
	in := map[string]bool{}
	for _, line := range b {
		in[line] = true
	}
	for _, line := range a {
		if !in[line] {
			out = append(out, line)
		}
	}
	return out
}

func eachFile(t *testing.T, do func(name string, source []byte)) {
	t.Helper()
	root := os.Getenv("SOCCTL_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	packed, err := os.ReadFile(filepath.Join(root, "sigma", "sigma-rules-r2026-04-01-attack-v18.tar.zst"))
	if err != nil {
		t.Skipf("no public rules: %v; set SOCCTL_DATA to the folder that holds them", err)
	}
	z, err := zstd.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for archive := tar.NewReader(z); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, ".yml") {
			continue
		}
		source, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		do(h.Name, source)
	}
}
