package migration

import (
	"bytes"
	"encoding/json"
	"strings"
)

// quotedJSON is a text as JSON, with < and > as they are.
func quotedJSON(text string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// A string can always be encoded.
	_ = enc.Encode(text)
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

// plainJSON is what YAML takes for a number, true, false or null; what JSON cannot
// write, such as 007 or .inf, becomes a text.
func plainJSON(text string) []byte {
	if lower := strings.ToLower(text); lower == "true" || lower == "false" || lower == "null" {
		return []byte(lower)
	}
	if json.Valid([]byte(text)) {
		return []byte(text)
	}
	return quotedJSON(text)
}
