package lint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
)

// Baseline is a list of findings that are known and do not count.
type Baseline struct {
	fingerprints map[string]bool
}

// baselineEntry is a line of a baseline file. Only the fingerprint decides;
// the rest is for those who read it.
type baselineEntry struct {
	Fingerprint string `json:"fingerprint"`
	Check       string `json:"check"`
	Path        string `json:"path"`
	Message     string `json:"message"`
}

// WriteBaseline writes the findings that count, or that an earlier baseline
// suppresses, one JSON object a line, in the order of the findings. Those that
// are lasting are left out.
func WriteBaseline(w io.Writer, findings []Finding) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range findings {
		f := &findings[i]
		if f.Lasting || !f.Counts() && f.Suppression.Kind != ByBaseline {
			continue
		}
		if err := enc.Encode(baselineEntry{f.Fingerprint, f.Code, f.Span.Path(), f.Message}); err != nil {
			return err
		}
	}
	return nil
}

// ReadBaseline reads what WriteBaseline wrote. The error names the line.
func ReadBaseline(data []byte) (*Baseline, error) {
	b := &Baseline{fingerprints: map[string]bool{}}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	line := 0
	for text := range bytes.Lines(data) {
		line++
		text = bytes.TrimSpace(text)
		if len(text) == 0 {
			continue
		}
		var e baselineEntry
		switch err := json.Unmarshal(text, &e); {
		case err != nil && conflict.Match(text):
			return nil, fmt.Errorf("line %d is a mark of a merge conflict: resolve it, or write the baseline anew", line)
		case err != nil || e.Fingerprint == "":
			return nil, fmt.Errorf("line %d is no entry of a baseline, an object with a fingerprint: write the baseline anew", line)
		}
		b.fingerprints[e.Fingerprint] = true
	}
	return b, nil
}

// conflict matches the lines that git puts around what it could not merge.
var conflict = regexp.MustCompile(`^(<{7}|={7}|>{7}|\|{7})`)

// Apply suppresses the findings that the baseline lists and returns how many of
// its entries no longer occur.
func (b *Baseline) Apply(findings []Finding) (gone int) {
	seen := map[string]bool{}
	for i := range findings {
		f := &findings[i]
		if b.fingerprints[f.Fingerprint] {
			seen[f.Fingerprint] = true
			if f.Counts() && !f.Lasting {
				f.Suppression = &Suppression{Kind: ByBaseline}
			}
		}
	}
	return len(b.fingerprints) - len(seen)
}

// Subtract suppresses the findings that base has too, ignored there or not.
func (r *Result) Subtract(base *Result) {
	known := map[string]bool{}
	for i := range base.Findings {
		known[base.Findings[i].Fingerprint] = true
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Counts() && !f.Lasting && known[f.Fingerprint] {
			f.Suppression = &Suppression{Kind: ByBase}
		}
	}
}
