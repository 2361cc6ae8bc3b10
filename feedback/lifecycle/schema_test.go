package lifecycle_test

import (
	"encoding/json"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/feedback/lifecycle"
)

// assess is lifecycle.Assess, of which the JSON form must be as its schema says: no
// key is missing, and none is written of which the schema does not tell.
func assess(t *testing.T, in *lifecycle.Input) *lifecycle.Report {
	t.Helper()
	r := lifecycle.Assess(in)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(lifecycle.JSONSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	closed(schema)
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	compiled, err := loader.Compile(gojsonschema.NewGoLoader(schema))
	if err != nil {
		t.Fatal(err)
	}
	result, err := compiled.Validate(gojsonschema.NewBytesLoader(text))
	if err != nil || !result.Valid() {
		t.Errorf("%v %v", err, result.Errors())
	}
	return r
}

// closed lets no object of a schema have other keys than those that it tells of.
func closed(node any) {
	switch node := node.(type) {
	case map[string]any:
		if _, object := node["properties"].(map[string]any); object {
			node["additionalProperties"] = false
		}
		for _, child := range node {
			closed(child)
		}
	case []any:
		for _, child := range node {
			closed(child)
		}
	}
}
