package coverage

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/rules"
)

// ManifestFormat is what the key format: of a manifest must be.
const ManifestFormat = "socctl.telemetry-manifest/v1"

// Codes of what can be wrong with a manifest.
const (
	CodeManifest     = "manifest/invalid" // not of the form that it should have
	CodeUnknownKey   = "manifest/unknown-key"
	CodeUnknownLabel = "manifest/label"        // a technique or platform that ATT&CK does not know
	CodeDuplicate    = "manifest/duplicate"    // an id that stands there twice
	CodeAbsent       = "manifest/no-recording" // a recording that is not there
	CodeHash         = "manifest/hash"         // a recording that is another one
)

// Manifest is a list of recordings with their labels.
type Manifest struct {
	Path       string // of the file
	Recordings []Recording

	spans map[string]recordingSpans // by id
}

// recordingSpans are the places of what can be wrong about a recording.
type recordingSpans struct {
	path, hash rules.Span
	labels     []rules.Span
	platform   rules.Span
}

// ReadManifest reads a manifest. Paths of recordings start from root, or from the
// folder of the manifest if that is empty. The diagnostics hold all that is wrong
// with its form; a recording with an error is left out.
func ReadManifest(name, root string) (*Manifest, rules.Diagnostics) {
	data, err := os.ReadFile(name)
	if err != nil {
		file := rules.NewFile(name, nil)
		return &Manifest{Path: name}, rules.Diagnostics{{Code: rules.CodeUnreadable, Severity: rules.Error, Span: rules.Span{File: file}, Message: reason(err)}}
	}
	if root == "" {
		root = filepath.Dir(name)
	}
	return ParseManifest(name, root, data)
}

// reason leaves the path out of an error, which its place names already.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// Resolve checks labels and platforms by the facts of a release. A retired
// technique with a successor is fine.
func (m *Manifest) Resolve(f *attack.Facts) (diags rules.Diagnostics) {
	known := map[string]bool{}
	for t := range f.Techniques {
		for _, p := range t.Platforms {
			known[p] = true
		}
	}
	for i := range m.Recordings {
		r := &m.Recordings[i]
		spans := m.spans[r.ID]
		if !known[r.Platform] {
			diags = append(diags, rules.Diagnostic{Code: CodeUnknownLabel, Severity: rules.Error, Span: spans.platform,
				Message: fmt.Sprintf("ATT&CK %s has no platform %s", f.Version, r.Platform), Help: "write one such as Windows, Linux, macOS, IaaS or Identity Provider"})
		}
		for j, l := range r.Techniques {
			if f.Resolve(l.ID) == nil {
				diags = append(diags, rules.Diagnostic{Code: CodeUnknownLabel, Severity: rules.Error, Span: spans.labels[j],
					Message: fmt.Sprintf("ATT&CK %s has no technique %s, nor what took its place", f.Version, l.ID), Help: "correct the id, or use newer facts"})
			}
		}
	}
	return diags
}

// Verify compares the files of the recordings with their hashes, each file once.
// What is not there, or is another file, is a diagnostic at its entry.
func (m *Manifest) Verify() (diags rules.Diagnostics) {
	sums := map[string]string{}
	for i := range m.Recordings {
		r := &m.Recordings[i]
		sum, done := sums[r.Path]
		if !done {
			var err error
			if sum, err = sumOf(r.Path); err != nil {
				diags = append(diags, rules.Diagnostic{Code: CodeAbsent, Severity: rules.Error, Span: m.spans[r.ID].path,
					Message: fmt.Sprintf("recording %s cannot be read: %s: %s", r.ID, r.Path, reason(err)),
					Help:    "fetch the recording, say where the paths of the manifest start with --telemetry-root, or take the entry out"})
				continue
			}
			sums[r.Path] = sum
		}
		if sum != r.SHA256 {
			diags = append(diags, rules.Diagnostic{Code: CodeHash, Severity: rules.Error, Span: m.spans[r.ID].hash,
				Message: fmt.Sprintf("recording %s is another one than was labelled: sha256 of %s is %s, the manifest says %s", r.ID, r.Path, sum, r.SHA256),
				Help:    "restore the file; if it was changed on purpose, look at its labels again and then write its new hash"})
		}
	}
	return diags
}

func sumOf(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
