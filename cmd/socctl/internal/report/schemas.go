package report

import (
	"bytes"
	"embed"
	"fmt"

	"github.com/socctl/socctl/attack/coverage"
)

//go:embed schemas/*.json
var schemas embed.FS

// within are the schemas that others refer to.
var within = map[string][]string{
	"backtest-line": {"backtest"},
	"eval-explain":  {"test"},
	"ci":            {"diff", "lint", "test", "backtest", "coverage"},
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
		schema := coverage.ReportSchema()
		if part != "coverage" {
			schema = Schema(part)
		}
		text = define(text, part, schema)
	}
	return text
}

// define puts a schema among the definitions of another one.
func define(text []byte, name string, schema []byte) []byte {
	const defs = "\n  \"$defs\": {\n"
	return bytes.Replace(text, []byte(defs), fmt.Appendf(nil, "%s    \"%s.json\": %s,\n", defs, name, bytes.TrimSpace(schema)), 1)
}
