package report

import (
	"encoding/json"
	"io"
)

// writeJSON writes a document for programs and for people who look: indented, and
// with < and > as they are, because nothing embeds it in HTML.
func writeJSON(w io.Writer, document any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(document)
}
