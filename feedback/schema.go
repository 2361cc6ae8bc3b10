package feedback

import (
	"bytes"
	_ "embed"
)

//go:embed verdict.schema.json
var schema []byte

// Schema returns the JSON schema of a record, of draft 2020-12. It accepts what
// Decode accepts but for what no schema can say: that a time exists, how many
// bytes a text has, and that a uid is that of its record.
func Schema() []byte { return bytes.Clone(schema) }
