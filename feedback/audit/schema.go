package audit

import (
	"bytes"
	_ "embed"
)

//go:embed schema.json
var schema []byte

// JSONSchema returns the JSON schema of a Report.
func JSONSchema() []byte { return bytes.Clone(schema) }
