package report

import "embed"

//go:embed schemas/*.json
var schemas embed.FS

// Schema returns the JSON schema, of draft 2020-12, of what a command prints as JSON:
// diff, lint, overlap, verdict-check or verdict-stats.
func Schema(name string) []byte {
	text, err := schemas.ReadFile("schemas/" + name + ".json")
	if err != nil {
		panic(err) // the names are those of embedded files
	}
	return text
}
