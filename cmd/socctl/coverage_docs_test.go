package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/rules/config"
)

// What the page about coverage shows can be read, and its figures are those that
// a test writes down.
func TestCoverageOfTheDocs(t *testing.T) {
	page := filepath.Join(repoRoot, "docs", "coverage.md")
	facts, err := attack.Load("")
	if err != nil {
		t.Fatal(err)
	}
	manifests, configurations := 0, 0
	for _, b := range blocks(t, page) {
		switch b.kind {
		case "yaml manifest":
			manifests++
			m, diags := coverage.ParseManifest(b.name, "", []byte(b.text))
			for _, d := range append(diags, m.Resolve(facts)...) {
				t.Error(d)
			}
		case "yaml config":
			configurations++
			cfg, diags := config.Parse(b.name, []byte(b.text))
			c, more := coverage.Configure(cfg.Coverage, facts)
			for _, d := range append(diags, more...) {
				t.Error(d)
			}
			if c.Gate.Waivers == nil || len(schemaErrors(t, b.text)) > 0 {
				t.Errorf("configuration %+v: %v", c, schemaErrors(t, b.text))
			}
		}
	}
	if manifests == 0 || configurations == 0 {
		t.Errorf("%d manifests, %d configurations", manifests, configurations)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	figures, err := os.ReadFile(filepath.Join(repoRoot, "attack", "coverage", "trial", "testdata", "public-evidence.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]string{}
	for _, line := range strings.Split(string(figures), "\n")[1:7] {
		row := strings.Split(line, "\t")
		level, err := coverage.ParseLevel(row[0])
		if err != nil {
			t.Fatal(err)
		}
		counts[row[0]] = row[1]
		if want := "| " + row[0] + " " + level.Word() + " | " + row[1] + " |\n"; !strings.Contains(string(text), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	readme, err := os.ReadFile(filepath.Join(repoRoot, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "they fire for " + counts["3b"] + " where others labelled the attack, and for " + counts["3a"] + " more"; !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not say %q", want)
	}
}
