package ruletest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// Memory keeps outcomes of tests between runs. It is used from several goroutines.
type Memory interface {
	// Recall returns what was remembered under a key; false if nothing is.
	Recall(key string) ([]byte, bool)
	// Remember keeps an outcome under a key.
	Remember(key string, outcome []byte)
}

// outcome is what is remembered of a test. Only tests that passed are: of others there
// is more to tell.
type outcome struct {
	Note   string  `json:"note,omitempty"`
	Alerts []Alert `json:"alerts,omitempty"`
}

// memoryKey identifies everything that the outcome of a test depends on: what rules
// mean and what becomes of records in this version, the texts of test and rule, what the
// rule means with its filters, pipelines and placeholders, and the contents of
// recordings and golden file. It is "" for a test whose outcome is not remembered.
func (w *worker) memoryKey(out *CaseResult) string {
	c, o := out.Case, &w.run.options
	rule, isRule := c.Rule.(*rules.Rule)
	if o.Memory == nil || o.Keep || o.Update || !isRule || c.sequence || out.RuleHash == "" {
		return ""
	}
	test, source := c.Span.File, rule.Span.File
	if test == nil || source == nil || test.Source == nil || source.Source == nil {
		return ""
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "2 %d %s %s %q %q ", compiler.SemanticsVersion, w.run.normaliserKey(), out.RuleHash, c.Origin, c.ID)
	for _, text := range [][]byte{test.Source, source.Source} {
		fmt.Fprintf(sum, "%d %x ", len(text), sha256.Sum256(text))
	}
	files := c.sources
	if c.want.goldenPath != "" {
		files = append(files[:len(files):len(files)], c.want.goldenPath)
	}
	for _, name := range files {
		if !addFile(sum, name) {
			return ""
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// addFile adds the contents of a file, and the year of its times, which those of its
// records may lack; false if it is none.
func addFile(sum hash.Hash, name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	fmt.Fprintf(sum, "%q %d %d ", name, info.Size(), info.ModTime().UTC().Year())
	n, err := io.Copy(sum, f)
	return err == nil && n == info.Size()
}

// recall decides a test by what is remembered; false if nothing is.
func (w *worker) recall(out *CaseResult, key string) bool {
	if key == "" {
		return false
	}
	text, known := w.run.options.Memory.Recall(key)
	if !known {
		return false
	}
	var o outcome
	if json.Unmarshal(text, &o) != nil {
		return false
	}
	out.Status, out.Note, out.Alerts = Pass, o.Note, o.Alerts
	return true
}

// remember keeps the outcome of a test that passed.
func (w *worker) remember(out *CaseResult, key string) {
	if key == "" || out.Status != Pass {
		return
	}
	if text, err := json.Marshal(outcome{out.Note, out.Alerts}); err == nil {
		w.run.options.Memory.Remember(key, text)
	}
}
