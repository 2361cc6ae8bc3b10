package logsource

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"gopkg.in/yaml.v3"
)

// TestSigmaHQReachable shows that every logsource of the SigmaHQ rules has a
// view or is listed with the reason why it has none.
func TestSigmaHQReachable(t *testing.T) {
	table := Default()
	counts := map[Logsource]int{}
	for _, rule := range sigmaHQ(t) {
		counts[Logsource(rule.Logsource)]++
	}
	windows, unseen := 0, 0
	for l, n := range counts {
		listed := slices.ContainsFunc(table.Unseen, func(u Unseen) bool { return u.Logsource == l })
		switch {
		case len(table.For(l)) > 0:
			if l.Product == "windows" {
				windows++
			}
		case listed:
			unseen++
		default:
			t.Errorf("%s (%d rules) has no view and is not listed as unseen", l, n)
		}
	}
	if windows < 64 {
		t.Errorf("only %d windows logsources have a view", windows)
	}
	t.Logf("%d logsources, %d of windows with a view, %d listed as unseen", len(counts), windows, unseen)
}

// TestSigmaHQFields shows that the closed lists of field names hold for the
// rules: what a rule uses beyond them is listed as absent from each view.
func TestSigmaHQFields(t *testing.T) {
	table := Default()
	unknown := map[string]bool{}
	for _, rule := range sigmaHQ(t) {
		names, closed := table.FieldNames(Logsource(rule.Logsource))
		if !closed {
			continue
		}
		for name, selection := range rule.Detection {
			if name == "condition" {
				continue
			}
			for _, field := range fieldsOf(&selection) {
				_, known := slices.BinarySearch(names, field)
				if !known && !absentFromAll(table.For(Logsource(rule.Logsource)), field) {
					unknown[Logsource(rule.Logsource).String()+" "+field] = true
				}
			}
		}
	}
	for what := range unknown {
		t.Errorf("%s is neither known nor absent", what)
	}
}

func absentFromAll(views []*ViewDef, field string) bool {
	for _, v := range views {
		if !slices.Contains(v.Absent, field) {
			return false
		}
	}
	return true
}

// fieldsOf returns the field names of a selection.
func fieldsOf(n *yaml.Node) []string {
	var names []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			if name, _, _ := strings.Cut(n.Content[i].Value, "|"); name != "" {
				names = append(names, name)
			}
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			names = append(names, fieldsOf(item)...)
		}
	}
	return names
}

type sigmaRule struct {
	Logsource struct{ Category, Product, Service string }
	Detection map[string]yaml.Node
}

// sigmaHQ reads all rules of the SigmaHQ tree, and skips the test where the
// tree is not at hand.
func sigmaHQ(t *testing.T) []sigmaRule {
	t.Helper()
	root := os.Getenv("SOCCTL_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	archives, _ := filepath.Glob(filepath.Join(root, "sigma", "sigma-rules-*-attack-v19.tar.zst"))
	if len(archives) == 0 {
		t.Skipf("no archive of SigmaHQ rules below %s (set SOCCTL_DATA)", root)
	}
	f, err := os.Open(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var found []sigmaRule
	for archive := tar.NewReader(z); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(header.Name, ".yml") {
			continue
		}
		var rule sigmaRule
		if err := yaml.NewDecoder(archive).Decode(&rule); err != nil {
			t.Fatalf("%s: %v", header.Name, err)
		}
		found = append(found, rule)
	}
}
