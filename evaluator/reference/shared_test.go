package reference_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/reference"
	"github.com/socctl/socctl/rules"
)

// sharedData opens a file of the shared test data, which lies beside the
// repository or where SOCCTL_DATA says. Without it the test is skipped.
func sharedData(t *testing.T, name string) *os.File {
	t.Helper()
	root := os.Getenv("SOCCTL_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("shared data absent: %v (set SOCCTL_DATA)", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// decode reads the next JSON value, keeping the digits of numbers.
func decode(t *testing.T, dec *json.Decoder, into any) bool {
	t.Helper()
	dec.UseNumber()
	err := dec.Decode(into)
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return err == nil
}

// TestConformance runs decided cases that were made independently of this package.
func TestConformance(t *testing.T) {
	var cases []struct {
		Name      string
		Detection json.RawMessage
		Event     map[string]any
		Expected  bool
	}
	decode(t, json.NewDecoder(sharedData(t, "conformance/cases.json")), &cases)
	if len(cases) < 118 {
		t.Errorf("only %d cases were read", len(cases))
	}
	for _, c := range cases {
		rule := parseRule(t, `{"title":"t","logsource":{"product":"x"},"detection":`+string(c.Detection)+`}`)
		got, err := reference.Match(rule, evaluator.Map(c.Event), nil)
		if err != nil || got != c.Expected {
			t.Errorf("%s: %s on %v: got %v, %v, want %v", c.Name, c.Detection, c.Event, got, err, c.Expected)
		}
	}
}

// TestSynthetic runs events that were generated from the rules of SigmaHQ,
// both witnesses and near misses.
func TestSynthetic(t *testing.T) {
	prepared := map[string]*reference.Rule{}
	for _, rule := range publicRules(t) {
		if p, err := reference.Prepare(rule, nil); err == nil {
			prepared[rule.ID.Text] = p
		} else if !strings.Contains(err.Error(), "placeholder") {
			t.Error(err)
		}
	}
	unzipped, err := gzip.NewReader(sharedData(t, "conformance/synthetic.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		ID       string
		Event    map[string]any
		Expected bool
	}
	lines := 0
	for dec := json.NewDecoder(unzipped); decode(t, dec, &c); lines++ {
		rule := prepared[c.ID]
		if rule == nil {
			t.Fatalf("rule %s is not in the tree or cannot be evaluated", c.ID)
		}
		if got := rule.Match(evaluator.Map(c.Event)); got != c.Expected {
			t.Errorf("rule %s on %v: got %v, want %v", c.ID, c.Event, got, c.Expected)
		}
		c.Event = nil
	}
	if lines < 22624 {
		t.Errorf("only %d events were read", lines)
	}
}

// publicRules reads all rules of the SigmaHQ archive.
func publicRules(t *testing.T) []*rules.Rule {
	t.Helper()
	unpacked, err := zstd.NewReader(sharedData(t, "sigma/sigma-rules-8eaafff1-attack-v19.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer unpacked.Close()
	var set rules.Set
	for files := tar.NewReader(unpacked); ; {
		file, err := files.Next()
		if errors.Is(err, io.EOF) {
			return set.Rules
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file.Name, ".yml") {
			continue
		}
		var source bytes.Buffer
		if _, err := source.ReadFrom(files); err != nil {
			t.Fatal(err)
		}
		docs, _ := rules.Parse(file.Name, source.Bytes())
		for _, doc := range docs {
			set.Add(doc)
		}
	}
}

// TestRegexesKeepTheirMeaning compares every regular expression of SigmaHQ
// with the one of Go, on texts that do not end in a newline: there the two
// meanings of $ agree.
func TestRegexesKeepTheirMeaning(t *testing.T) {
	var list [][2]string
	decode(t, json.NewDecoder(sharedData(t, "conformance/regexes.json")), &list)
	var texts []string
	for _, r := range list {
		texts = append(texts, strings.TrimRight(r[1], "\n"), strings.Trim(r[1], `^$`), strings.ReplaceAll(r[1], `\`, ""))
	}
	for _, r := range list {
		want := regexp.MustCompile(r[1])
		got, err := reference.CompileRegex(r[1], syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if got.MatchString(text) != want.MatchString(text) {
				t.Errorf("%q on %q: got %v", r[1], text, got.MatchString(text))
			}
		}
	}
}
