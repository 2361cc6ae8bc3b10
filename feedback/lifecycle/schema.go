package lifecycle

import (
	"bytes"
	_ "embed"
)

//go:embed lifecycle.schema.json
var schema []byte

// JSONSchema returns the JSON schema of a Report, of draft 2020-12.
func JSONSchema() []byte { return bytes.Clone(schema) }
