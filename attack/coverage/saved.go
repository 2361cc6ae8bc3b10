package coverage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// SavedSchema names the form of saved firings.
const SavedSchema = "socctl.evidence/v1"

// Saved is what a replay found, to be used where its recordings are not. Each
// firing has the hashes of its rule and its recording, so that it is stale once
// one of them is another.
type Saved struct {
	Schema    string      `json:"schema"`
	Semantics int         `json:"semantics_version"`
	Telemetry []Logsource `json:"telemetry"`
	Firings   []Firing    `json:"firings"`
}

// Save makes firings ready to be written as JSON. semantics is that of the hashes
// of rules.
func Save(firings []Firing, seen []Logsource, semantics int) *Saved {
	return &Saved{SavedSchema, semantics, seen, firings}
}

// ReadSaved reads saved firings. Those of other semantics are an error: their
// hashes cannot be compared.
func ReadSaved(data []byte, semantics int) (*Saved, error) {
	var s Saved
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&s); err != nil {
		return nil, fmt.Errorf("no saved evidence: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something stands behind the saved evidence")
	}
	switch {
	case s.Schema != SavedSchema:
		return nil, fmt.Errorf("the schema is %q, this socctl reads %s", s.Schema, SavedSchema)
	case s.Semantics != semantics:
		return nil, fmt.Errorf("it was made with semantics version %d, this socctl has %d: replay the recordings again", s.Semantics, semantics)
	}
	return &s, nil
}
