package report

import (
	"bytes"
	"embed"
	"fmt"
)

//go:embed schemas/*.json
var schemas embed.FS

// within are the schemas that others refer to.
var within = map[string][]string{
	"backtest-line": {"backtest"},
}

// Schema returns the JSON schema, of draft 2020-12, of what a command prints as JSON; the
// names are those of the files in schemas. It stands alone: the schemas that it refers to
// are among its definitions.
func Schema(name string) []byte {
	text, err := schemas.ReadFile("schemas/" + name + ".json")
	if err != nil {
		panic(err) // the names are those of embedded files
	}
	for _, part := range within[name] {
		text = define(text, part, Schema(part))
	}
	return text
}

// define puts a schema among the definitions of another one.
func define(text []byte, name string, schema []byte) []byte {
	const defs = "\n  \"$defs\": {\n"
	return bytes.Replace(text, []byte(defs), fmt.Appendf(nil, "%s    %q: %s,\n", defs, name, bytes.TrimSpace(schema)), 1)
}
